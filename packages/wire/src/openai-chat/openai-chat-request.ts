import { encodeText } from '../bytes/ascii.ts'
import { isRawObject, type RawObject } from '../reader/answer-state.ts'
import { modelsIn } from '../request/models-in.ts'
import { limitOf, objectsOf, outputLimitOf, textOf } from '../request/raw.ts'
import { readModalities } from '../request/read-modalities.ts'
import { readOpenRouterTool } from '../request/read-openrouter-tool.ts'
import type { FormatFacts } from '../request/read-request-facts.ts'
import type { ServerTool } from '../request-facts.ts'

/** Run by the client; or, as a search among the tools of the request, at no cost of their own. */
const clientTools: ReadonlySet<unknown> = new Set([
  ...[undefined, 'function', 'custom'],
  ...['tool_search', 'openrouter:tool_search'],
])

/** Models that search before each answer, whether or not the request says so. */
const searchModel = /-search-(preview|api)/

/** What an OpenAI chat body says of its cost; OpenRouter's additions included. */
export const readOpenAiChatRequest = (body: RawObject): FormatFacts => {
  const tools = objectsOf(body['tools'])
  const serverTools = [...tools.flatMap((tool) => readTool(tool, body)), ...readSearches(body)]
  return {
    content: [body['messages']],
    remoteReferences: 0,
    serverTools,
    hasTools: tools.length > 0 || objectsOf(body['functions']).length > 0 || serverTools.length > 0,
    maxOutputTokens: readMaxOutput(body),
    choices: Math.max(limitOf(body['n']) ?? 1, 1),
    automaticCacheWrite: true,
    region: undefined,
    asksForReasoning: asksForReasoning(body),
    outputModalities: readModalities(body['modalities']),
    asksForUsage: isRawObject(body['stream_options']) && body['stream_options']['include_usage'] === true,
    background: false,
  }
}

/** No tool but OpenRouter's own is known to honour a use limit in this format. */
const readTool = (tool: RawObject, body: RawObject): readonly ServerTool[] => {
  if (clientTools.has(tool['type'])) return []
  const type = textOf(tool['type']) ?? 'unknown'
  return [type.startsWith('openrouter:') ? readOpenRouterTool(type, tool, body) : { type, ...modelsIn(tool) }]
}

/** OpenAI's search option is one search per answer. */
const readSearches = (body: RawObject): readonly ServerTool[] =>
  isRawObject(body['web_search_options']) ||
  [body['model'], body['models']].flat().some((model) => searchModel.test(textOf(model) ?? ''))
    ? [{ type: 'web_search_options', maxUses: 1 }]
    : []

/** What asks a model of this format to reason, in OpenAI's and OpenRouter's spellings. */
const reasoningMembers = ['reasoning', 'reasoning_effort', 'include_reasoning', 'thinking'] as const

const asksForReasoning = (body: RawObject): boolean =>
  reasoningMembers.some((key) => body[key] != null && body[key] !== 'none')

/** Of two limits one that sets none leaves none. */
const largerOf = (limit: unknown, older: unknown): number | undefined => {
  const [left, right] = [outputLimitOf(limit), outputLimitOf(older)]
  return left === undefined || right === undefined ? undefined : Math.max(left, right)
}

/** Where both names are given the larger counts; a rejected prediction is billed as output too. */
const readMaxOutput = (body: RawObject): number | undefined => {
  const { max_completion_tokens: limit, max_tokens: older, prediction } = body
  const larger = limit == null ? outputLimitOf(older) : older == null ? outputLimitOf(limit) : largerOf(limit, older)
  if (larger === undefined) return undefined
  return larger + (isRawObject(prediction) ? encodeText(JSON.stringify(prediction)).length : 0)
}
