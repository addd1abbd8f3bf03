import { isRawObject, type RawObject } from '../reader/answer-state.ts'
import { addedTools } from '../request/added-tools.ts'
import { modelsIn } from '../request/models-in.ts'
import { limitOf, objectsOf, outputLimitOf, textOf } from '../request/raw.ts'
import { readOpenRouterTool, servedByAnthropic } from '../request/read-openrouter-tool.ts'
import type { FormatFacts } from '../request/read-request-facts.ts'
import type { ServerTool } from '../request-facts.ts'

/**
 * Tools that the client runs, though Anthropic defines them: `BetaClientToolUnion` in its SDK. The whole name has to fit, so
 * that a new one which only begins alike is not taken for one of them.
 */
const clientTool = /^(custom|(bash|text_editor|computer|computer_toolset|browser_toolset|memory)_\d+)$/

/** What an Anthropic Messages body says of its cost; OpenRouter serves the same format with tools of its own. */
export const readAnthropicRequest = (body: RawObject): FormatFacts => {
  const content = [body['system'], body['messages']]
  const tools = [...objectsOf(body['tools']), ...addedTools(content)]
  const serverTools = [
    ...tools.flatMap((tool) => readTool(tool, body)),
    ...objectsOf(body['mcp_servers']).map((): ServerTool => ({ type: 'mcp_server' })),
    ...readThread(body),
  ]
  return {
    content,
    remoteReferences: (body['container'] == null ? 0 : 1) + readThread(body).length,
    serverTools: [...serverTools, ...readCompactions(body, serverTools)],
    hasTools: tools.length > 0 || serverTools.length > 0,
    maxOutputTokens: servedByAnthropic(body) ? limitOf(body['max_tokens']) : outputLimitOf(body['max_tokens']),
    choices: 1,
    automaticCacheWrite: false,
    region: textOf(body['inference_geo']),
    asksForReasoning: asksForThinking(body['thinking']),
    outputModalities: ['text'],
    asksForUsage: false,
    background: false,
  }
}

const asksForThinking = (thinking: unknown): boolean =>
  thinking != null && !(isRawObject(thinking) && thinking['type'] === 'disabled')

/**
 * A thread that goes on brings a conversation in, and the tools of the request that began it, with models of theirs;
 * https://platform.claude.com/docs/en/build-with-claude/message-threads
 */
const readThread = ({ thread }: RawObject): readonly ServerTool[] =>
  thread == null || (isRawObject(thread) && thread['type'] === 'create') ? [] : [{ type: 'thread', anyModel: true }]

const readTool = (tool: RawObject, body: RawObject): readonly ServerTool[] => {
  if (tool['type'] == null) return []
  const type = textOf(tool['type']) ?? 'unknown'
  if (clientTool.test(type) || type === 'openrouter:tool_search') return []
  if (type.startsWith('openrouter:')) return [readOpenRouterTool(type, tool, body)]
  const maxUses = servedByAnthropic(body) ? limitOf(tool['max_uses']) : undefined
  return [{ type, ...(maxUses === undefined ? {} : { maxUses }), ...modelsIn(tool) }]
}

/**
 * A compaction reads the whole conversation once more. As an edit of the context it can come before each pass, and tools are
 * what makes passes; as the request's own purpose it comes once.
 */
const readCompactions = (body: RawObject, tools: readonly ServerTool[]): readonly ServerTool[] => {
  const management = isRawObject(body['context_management']) ? body['context_management'] : {}
  const uses = tools.reduce<number | undefined>(
    (sum, { maxUses }) => (sum === undefined || maxUses === undefined ? undefined : sum + maxUses),
    1,
  )
  const edits = objectsOf(management['edits'])
    .map((edit) => textOf(edit['type']) ?? 'unknown')
    .filter((type) => !type.startsWith('clear_'))
    .map((type) => ({ type, ...(uses === undefined ? {} : { maxUses: uses }) }))
  return [...edits, ...(body['compaction'] == null ? [] : [{ type: 'compaction', maxUses: 1 }])]
}
