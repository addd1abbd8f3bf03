import { encodeText } from '../bytes/ascii.ts'
import { isRawObject, type RawObject } from '../reader/answer-state.ts'
import { limitOf, objectsOf, textOf } from '../request/raw.ts'
import type { FormatFacts } from '../request/read-request-facts.ts'
import type { ServerTool } from '../request-facts.ts'

const clientTools: ReadonlySet<unknown> = new Set([undefined, 'function', 'custom'])

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
    outputModalities: readModalities(body['modalities']),
    asksForUsage: isRawObject(body['stream_options']) && body['stream_options']['include_usage'] === true,
    background: false,
  }
}

const readTool = (tool: RawObject, body: RawObject): readonly ServerTool[] => {
  const type = tool['type']
  if (clientTools.has(type)) return []
  const parameters = isRawObject(tool['parameters']) ? tool['parameters'] : tool
  const maxUses = limitOf(parameters['max_uses']) ?? limitOf(body['max_tool_calls'])
  const model = textOf(parameters['model'])
  return [
    {
      type: textOf(type) ?? 'unknown',
      ...(maxUses === undefined ? {} : { maxUses }),
      ...(model === undefined ? {} : { model }),
    },
  ]
}

/** OpenAI's search option is one search per answer; OpenRouter's plugins, `:online` among them, have no limit to set. */
const readSearches = (body: RawObject): readonly ServerTool[] => {
  const model = textOf(body['model']) ?? ''
  const plugins = objectsOf(body['plugins']).filter(({ enabled }) => enabled !== false)
  return [
    ...(isRawObject(body['web_search_options']) || searchModel.test(model)
      ? [{ type: 'web_search_options', maxUses: 1 }]
      : []),
    ...plugins.map(({ id }) => ({ type: `plugin:${textOf(id) ?? 'unknown'}` })),
    ...(model.endsWith(':online') ? [{ type: 'plugin:web' }] : []),
  ]
}

/** Where both names are given the larger counts; a rejected prediction is billed as output too. */
const readMaxOutput = (body: RawObject): number | undefined => {
  const limits = [limitOf(body['max_completion_tokens']), limitOf(body['max_tokens'])].filter(
    (limit) => limit !== undefined,
  )
  if (limits.length === 0) return undefined
  const predicted = isRawObject(body['prediction']) ? encodeText(JSON.stringify(body['prediction'])).length : 0
  return Math.max(...limits) + predicted
}

const modalities = ['text', 'audio', 'image'] as const

const readModalities = (value: unknown): FormatFacts['outputModalities'] => {
  const asked = Array.isArray(value) ? modalities.filter((modality) => value.includes(modality)) : []
  return asked.length === 0 ? ['text'] : asked
}
