import type { Quantities } from '@vendo/contract'
import type { Mutable } from '../mutable.ts'
import { addKnown, type Interpretation } from '../reader/answer-format.ts'
import type { AnswerState, RawObject } from '../reader/answer-state.ts'
import { divideTokens, nonZero } from '../reader/divide-tokens.ts'
import {
  badCount,
  checkUsage,
  defineUsageKeys,
  detailsIn,
  partsMissing,
  tokenCount,
  totalMismatch,
  untoldSides,
} from '../reader/token-count.ts'

const usageKeys = defineUsageKeys({
  type: 'known',
  seconds: 'known',
  input_tokens: 'count',
  output_tokens: 'count',
  total_tokens: 'count',
  input_token_details: { text_tokens: 'count', audio_tokens: 'count' },
})

/**
 * What the usage object of a transcription means: tokens of sound and of the prompt in and of text out, or the length of the
 * sound in seconds, of which a begun one counts whole.
 */
export const readTranscriptionUsage = ({ usage: raw, model }: AnswerState): Interpretation => {
  const served = model === undefined ? {} : { model }
  if (raw === undefined) return { served, flags: [] }
  const { unknown, bad } = checkUsage(raw, usageKeys)
  const flags = [...unknown, ...bad]
  const seconds = secondsIn(raw)
  if (seconds === 'bad') flags.push(badCount('seconds', raw['seconds']))
  const quantities: Mutable<Quantities> = {}
  if (typeof seconds === 'number') quantities.audio_second = seconds
  const exceeds = addTokens(quantities, raw)
  const output = tokenCount(raw['output_tokens'])
  const neither = partsMissing(raw['total_tokens'], [raw['input_tokens'], output])
  if (neither) flags.unshift(totalMismatch)
  if (exceeds) flags.unshift('details_exceed_total')
  // What is billed by its length has no tokens.
  const bySeconds = typeof seconds === 'number'
  const input = bySeconds ? seconds : tokenCount(raw['input_tokens'])
  const told = { input, output: bySeconds ? 0 : output, bad, outputKeys, neither }
  const untold = untoldSides(told)
  return untold.length === 0
    ? { served, usage: { quantities }, flags }
    : { served, usage: { quantities }, untold, flags }
}

const outputKeys = /^output_tokens/

/** The length beside a count of tokens is for information: nothing is billed twice. */
const secondsIn = (raw: RawObject): number | 'bad' | undefined => {
  const { type, seconds } = raw
  if (seconds === undefined || seconds === null) return undefined
  if (type !== 'duration' && tokenCount(raw['input_tokens']) !== undefined) return undefined
  return typeof seconds === 'number' ? (tokenCount(Math.ceil(seconds)) ?? 'bad') : 'bad'
}

const addTokens = (quantities: Mutable<Quantities>, raw: RawObject): boolean => {
  const total = tokenCount(raw['input_tokens'])
  addKnown(quantities, 'output', tokenCount(raw['output_tokens']))
  if (total === undefined) return false
  const audio = tokenCount(detailsIn(raw['input_token_details'])['audio_tokens'])
  const { parts, rest, exceeds } = divideTokens(total, { input_audio: nonZero(audio) })
  Object.assign(quantities, { input: rest }, parts)
  return exceeds
}
