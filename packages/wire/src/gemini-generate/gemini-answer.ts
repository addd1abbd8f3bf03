import type { Meter } from '@vendo/contract'
import type { JsonMembers } from '../bytes/json-members.ts'
import type { Mutable } from '../mutable.ts'
import type { AnswerFormat } from '../reader/answer-format.ts'
import { type AnswerState, absorbUsage, isRawObject, type RawObject, withFlag } from '../reader/answer-state.ts'
import { readGeminiUsage } from './read-gemini-usage.ts'

/**
 * Gemini's `generateContent` and `streamGenerateContent`, the latter as events or, without `alt=sse`, as one JSON array. Each
 * part of a stream reports the usage so far; nothing marks the end but the finish reason of every candidate.
 */
export const geminiAnswer: AnswerFormat = {
  visibleKeys: { text: 6, name: 7, code: 7, output: 7, data: 7 },
  wholeKeys: { args: 7 },
  markedKeys: { finishReason: 3, groundingMetadata: 3, blockReason: 2 },
  usageKey: 'usageMetadata',
  blockStarts: new Set(),

  readBody(state, body) {
    return { ...absorbCandidates(absorbPart(state, body), body), complete: true }
  },

  readBodyParts(state, parts) {
    return parts.reduce((read, part) => absorbCandidates(absorbPart(read, part), part), state)
  },

  readEvent(state, scan) {
    if (!scan.hasUsage && !scan.hasError && !scan.marked && state.model !== undefined) return state
    const part = scan.members()
    if (part === undefined) return withFlag(state, 'unreadable_event')
    const read = absorbPart(state, part)
    // Candidates hold the text, so they are parsed only where a key says that they hold something else too. Text without a
    // finish reason comes from a candidate that goes on.
    if (scan.marked) return absorbCandidates(read, part)
    if (scan.visibleBytes > 0) read.complete = false
    return read
  },

  interpret: readGeminiUsage,
}

const absorbPart = (state: AnswerState, part: JsonMembers): Mutable<AnswerState> => {
  const read: Mutable<AnswerState> = { ...state }
  const usage = part.get('usageMetadata')
  if (isRawObject(usage)) absorbUsage(read, usage)
  const model = part.text('modelVersion')?.replace(/^models\//, '')
  if (model !== undefined) read.model = model
  const responseId = part.text('responseId')
  if (responseId !== undefined) read.responseId = responseId
  if (isRawObject(part.get('error'))) read.failed = true
  return read
}

const absorbCandidates = (state: AnswerState, part: JsonMembers): AnswerState => {
  const candidates = part.get('candidates')
  const feedback = part.get('promptFeedback')
  const finished = new Map(state.finished)
  const queries = new Map(state.toolUses)
  const flags = new Set(state.flags)
  for (const candidate of Array.isArray(candidates) ? candidates.filter(isRawObject) : []) {
    const index = typeof candidate['index'] === 'number' ? candidate['index'] : 0
    finished.set(index, candidate['finishReason'] != null)
    readGrounding(candidate['groundingMetadata'], queries, flags)
  }
  if (isRawObject(feedback) && feedback['blockReason'] != null) finished.set(-1, true)
  return {
    ...state,
    finished,
    toolUses: queries,
    flags: [...flags],
    complete: finished.size > 0 && [...finished.values()].every(Boolean),
  }
}

/** A search is known by its query: several candidates and events repeat the same metadata. */
const readGrounding = (metadata: unknown, queries: Map<string, Meter>, flags: Set<string>): void => {
  if (!isRawObject(metadata)) return
  for (const key of ['webSearchQueries', 'imageSearchQueries']) {
    for (const query of textsOf(metadata, key)) queries.set(`${key} ${query}`, 'web_search')
  }
  const chunks = metadata['groundingChunks']
  const places = Array.isArray(chunks) && chunks.some((chunk) => isRawObject(chunk) && isRawObject(chunk['maps']))
  if (places) flags.add('unmetered_grounding:maps')
}

const textsOf = (metadata: RawObject, key: string): readonly string[] => {
  const texts = metadata[key]
  return Array.isArray(texts) ? texts.filter((text): text is string => typeof text === 'string' && text !== '') : []
}
