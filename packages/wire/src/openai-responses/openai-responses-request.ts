import { isRawObject, type RawObject } from '../reader/answer-state.ts'
import { limitOf, objectsOf, textOf } from '../request/raw.ts'
import type { FormatFacts } from '../request/read-request-facts.ts'
import type { ServerTool } from '../request-facts.ts'

/** Tools whose calls the API hands back to the client. */
const clientTool = /^(function|custom|apply_patch|local_shell|computer)$|^computer_use/

/** What an OpenAI Responses body says of its cost; OpenRouter serves the same format with plugins of its own. */
export const readOpenAiResponsesRequest = (body: RawObject): FormatFacts => {
  const tools = objectsOf(body['tools']).flatMap((tool) =>
    tool['type'] === 'namespace' ? objectsOf(tool['tools']) : [tool],
  )
  const maxUses = limitOf(body['max_tool_calls'])
  const limit = maxUses === undefined ? {} : { maxUses }
  const ownTools = tools.filter(runsOnServer)
  const serverTools: readonly ServerTool[] = [
    ...ownTools.map((tool) => readTool(tool, limit)),
    ...objectsOf(body['plugins']).map(({ id }) => ({ type: `plugin:${textOf(id) ?? 'unknown'}` })),
    ...(textOf(body['model'])?.endsWith(':online') === true ? [{ type: 'plugin:web' }] : []),
    ...objectsOf(body['context_management']).map(({ type }) => ({
      type: textOf(type) ?? 'unknown',
      ...compactions(ownTools.length > 0, maxUses),
    })),
  ]
  return {
    content: [body['input'], ...(isRawObject(body['prompt']) ? Object.values(variablesOf(body['prompt'])) : [])],
    remoteReferences: countReferences(body, tools),
    serverTools,
    hasTools: tools.length > 0 || serverTools.length > 0,
    maxOutputTokens: limitOf(body['max_output_tokens']),
    choices: 1,
    automaticCacheWrite: true,
    region: undefined,
    outputModalities: ['text'],
    asksForUsage: false,
    background: body['background'] === true,
  }
}

/** A context is compacted before the model goes on: once for the request, and once for each tool call that lets it grow again. */
const compactions = (toolsRun: boolean, maxToolCalls: number | undefined): { readonly maxUses?: number } => {
  if (!toolsRun) return { maxUses: 1 }
  return maxToolCalls === undefined ? {} : { maxUses: 1 + maxToolCalls }
}

const readTool = (tool: RawObject, limit: { readonly maxUses?: number }): ServerTool => {
  const parameters = isRawObject(tool['parameters']) ? tool['parameters'] : {}
  const maxUses = limitOf(parameters['max_uses'])
  const model = textOf(tool['type'])?.startsWith('openrouter:') === true ? textOf(parameters['model']) : undefined
  return {
    type: textOf(tool['type']) ?? 'unknown',
    ...(maxUses === undefined ? limit : { maxUses }),
    ...(model === undefined ? {} : { model }),
  }
}

const runsOnServer = (tool: RawObject): boolean => {
  const type = textOf(tool['type'])
  if (type === 'tool_search') return tool['execution'] !== 'client'
  if (type === 'shell') return !(isRawObject(tool['environment']) && tool['environment']['type'] === 'local')
  return type === undefined || !clientTool.test(type)
}

const variablesOf = (prompt: RawObject): RawObject => (isRawObject(prompt['variables']) ? prompt['variables'] : {})

/** Stored answers, conversations and prompts, and the containers and files of tools. */
const countReferences = (body: RawObject, tools: readonly RawObject[]): number => {
  const stored = ['previous_response_id', 'conversation', 'prompt'].filter((key) => body[key] != null).length
  return tools.reduce((sum, { container, environment }) => sum + containerReferences(container ?? environment), stored)
}

const containerReferences = (container: unknown): number => {
  if (typeof container === 'string') return 1
  if (!isRawObject(container)) return 0
  const files = container['file_ids']
  return (Array.isArray(files) ? files.length : 0) + (container['container_id'] === undefined ? 0 : 1)
}
