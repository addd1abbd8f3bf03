import { isRawObject, type RawObject } from '../reader/answer-state.ts'
import { outputLimitOf, textOf } from '../request/raw.ts'
import type { FormatFacts } from '../request/read-request-facts.ts'
import type { ServerTool } from '../request-facts.ts'
import { countGeminiParts } from './count-gemini-parts.ts'
import { either, eitherName, listOf } from './either-name.ts'
import { readGeminiPath } from './read-gemini-path.ts'
import { tierName } from './tier-name.ts'

/** Tools whose calls the API hands back to the client. */
const clientTools: ReadonlySet<string> = new Set(['function_declarations', 'computer_use'])

/** https://ai.google.dev/api/generate-content#generationconfig */
const mostCandidates = 8

/** What a Gemini body says of its cost; the model and whether the answer streams stand in the path. */
export const readGeminiRequest = (body: RawObject, path: string): FormatFacts => {
  const target = readGeminiPath(path)
  const model = target?.model ?? textOf(body['model'])
  const configs = either(body, 'generationConfig').filter(isRawObject)
  const tools = listOf(either(body, 'tools')).filter(isRawObject)
  const limits = configs.flatMap((config) => either(config, 'maxOutputTokens'))
  return {
    content: [],
    counted: countGeminiParts([...either(body, 'contents'), ...either(body, 'systemInstruction')]),
    model,
    stream: target?.method === 'streamGenerateContent',
    // Without a tier a call is served as a standard one; https://ai.google.dev/gemini-api/docs/optimization
    serviceTier: either(body, 'serviceTier').map(tierName).find(Boolean) ?? 'standard',
    remoteReferences: either(body, 'cachedContent').length,
    serverTools: tools.flatMap(readTool),
    hasTools: tools.length > 0,
    maxOutputTokens: largestLimit(limits),
    choices: Math.max(1, ...configs.flatMap((config) => either(config, 'candidateCount')).map(candidateCount)),
    automaticCacheWrite: false,
    region: undefined,
    asksForReasoning: configs.some((config) => either(config, 'thinkingConfig').length > 0),
    outputModalities: readModalities(configs, model ?? ''),
    asksForUsage: false,
    background: false,
  }
}

const readTool = (tool: RawObject): readonly ServerTool[] =>
  Object.entries(tool)
    .filter(([, value]) => value !== null && value !== false)
    .map(([name]) => eitherName(name))
    .filter((type) => !clientTools.has(type))
    .map((type) => ({ type }))

/** A limit that cannot be read is none; of a limit that stands there under both names, the larger counts. */
const largestLimit = (limits: readonly unknown[]): number | undefined => {
  const read = limits.map((limit) => outputLimitOf(limit))
  return read.length === 0 || read.includes(undefined) ? undefined : Math.max(...(read as number[]))
}

/** The API reads numbers in strings too; what cannot be read is as many as there can be. */
const candidateCount = (value: unknown): number => {
  const count = typeof value === 'string' ? Number(value) : value
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : mostCandidates
}

const modalities = ['text', 'audio', 'image'] as const

/** Models that make images or speech do so without being asked. */
const readModalities = (configs: readonly RawObject[], model: string): FormatFacts['outputModalities'] => {
  const asked = new Set(
    configs
      .flatMap((config) => listOf(either(config, 'responseModalities')))
      .map((name) => textOf(name)?.toLowerCase()),
  )
  if (/image/.test(model)) asked.add('image')
  if (/tts|native-audio/.test(model)) asked.add('audio')
  return modalities.filter((modality) => modality === 'text' || asked.has(modality))
}
