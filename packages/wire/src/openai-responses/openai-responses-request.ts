import { isRawObject, type RawObject } from '../reader/answer-state.ts'
import { addedTools } from '../request/added-tools.ts'
import { modelsIn } from '../request/models-in.ts'
import { limitOf, objectsOf, outputLimitOf, textOf } from '../request/raw.ts'
import { readModalities } from '../request/read-modalities.ts'
import { readOpenRouterTool } from '../request/read-openrouter-tool.ts'
import type { FormatFacts } from '../request/read-request-facts.ts'
import type { ServerTool } from '../request-facts.ts'

/** Tools whose calls the API hands back to the client. */
const clientTool = /^(function|custom|apply_patch|local_shell|computer)$|^computer_use/

/** What an OpenAI Responses body says of its cost; OpenRouter serves the same format with tools of its own. */
export const readOpenAiResponsesRequest = (body: RawObject): FormatFacts => {
  const content = [body['input'], ...(isRawObject(body['prompt']) ? Object.values(variablesOf(body['prompt'])) : [])]
  const tools = [...objectsOf(body['tools']), ...addedTools(content)].flatMap((tool) =>
    tool['type'] === 'namespace' ? objectsOf(tool['tools']) : [tool],
  )
  const sharedMaxUses = sharedLimit(body)
  const ownTools = tools.filter(runsOnServer)
  const serverTools: readonly ServerTool[] = [
    ...ownTools.map((tool) => readTool(tool, body, sharedMaxUses)),
    ...readCompactions(body, ownTools.length > 0, sharedMaxUses),
    ...readMode(body['reasoning']),
  ]
  return {
    content,
    remoteReferences: countReferences(body, tools),
    serverTools,
    hasTools: tools.length > 0 || serverTools.length > 0,
    maxOutputTokens: outputLimitOf(body['max_output_tokens']),
    choices: 1,
    automaticCacheWrite: true,
    region: undefined,
    asksForReasoning: body['reasoning'] != null,
    outputModalities: readModalities(body['modalities']),
    asksForUsage: false,
    background: body['background'] === true,
  }
}

/** OpenRouter passes the limit over where the request says in another way when its tools shall stop. */
const sharedLimit = (body: RawObject): number | undefined =>
  body['stop_server_tools_when'] == null ? limitOf(body['max_tool_calls']) : undefined

/** A mode may answer more than once to answer best, at a price that no table holds. */
const readMode = (reasoning: unknown): readonly ServerTool[] => {
  const mode = isRawObject(reasoning) ? reasoning['mode'] : undefined
  return mode == null || mode === 'standard' ? [] : [{ type: `reasoning_mode:${textOf(mode) ?? 'unknown'}` }]
}

/**
 * A context is compacted when an item of the input says so, and, for a request that manages its context, before the model
 * goes on: once, and once more for each tool call that lets the context grow again.
 */
const readCompactions = (
  body: RawObject,
  toolsRun: boolean,
  maxToolCalls: number | undefined,
): readonly ServerTool[] => {
  const often = toolsRun ? (maxToolCalls === undefined ? {} : { maxUses: 1 + maxToolCalls }) : { maxUses: 1 }
  const triggers = objectsOf(body['input']).filter(({ type }) => type === 'compaction_trigger')
  return [
    ...objectsOf(body['context_management']).map(({ type }) => ({ type: textOf(type) ?? 'unknown', ...often })),
    ...triggers.map(() => ({ type: 'compaction', maxUses: 1 })),
  ]
}

/** The size that containers have unless the request says otherwise, and that the fee in the tables is for. */
const plainMemory: ReadonlySet<unknown> = new Set([undefined, null, '1g'])

/** A tool in a larger container is a type of its own, which no table knows. */
const readTool = (tool: RawObject, body: RawObject, sharedMaxUses: number | undefined): ServerTool => {
  const type = textOf(tool['type']) ?? 'unknown'
  if (type.startsWith('openrouter:')) return readOpenRouterTool(type, tool, body)
  const container = tool['container'] ?? tool['environment']
  const memory = isRawObject(container) ? container['memory_limit'] : undefined
  return {
    type: plainMemory.has(memory) ? type : `memory_limit:${textOf(memory) ?? 'unknown'} of ${type}`,
    ...(sharedMaxUses === undefined ? {} : { sharedMaxUses }),
    ...modelsIn(tool),
  }
}

const runsOnServer = (tool: RawObject): boolean => {
  const type = textOf(tool['type'])
  // Finding tools among those that the request brings costs nothing but the tokens of the request.
  if (type === 'tool_search' || type === 'openrouter:tool_search') return false
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
