import { isRawObject, type RawObject } from '../reader/answer-state.ts'
import { limitOf, objectsOf, textOf } from '../request/raw.ts'
import type { FormatFacts } from '../request/read-request-facts.ts'
import type { ServerTool } from '../request-facts.ts'

/** Tools that the client runs, though Anthropic defines them. */
const clientTool = /^(custom|bash|text_editor|computer|memory)(_|$)/

/** What an Anthropic Messages body says of its cost. */
export const readAnthropicRequest = (body: RawObject): FormatFacts => {
  const tools = objectsOf(body['tools'])
  const serverTools = [
    ...tools.flatMap(readTool),
    ...objectsOf(body['mcp_servers']).map((): ServerTool => ({ type: 'mcp_server' })),
  ]
  return {
    content: [body['system'], body['messages']],
    remoteReferences: body['container'] == null ? 0 : 1,
    serverTools: [...serverTools, ...readCompactions(body, serverTools)],
    hasTools: tools.length > 0 || serverTools.length > 0,
    maxOutputTokens: limitOf(body['max_tokens']),
    choices: 1,
    automaticCacheWrite: false,
    region: textOf(body['inference_geo']),
    outputModalities: ['text'],
    asksForUsage: false,
    background: false,
  }
}

const readTool = (tool: RawObject): readonly ServerTool[] => {
  const type = textOf(tool['type'])
  if (type === undefined || clientTool.test(type)) return []
  const maxUses = limitOf(tool['max_uses'])
  const model = textOf(tool['model'])
  return [{ type, ...(maxUses === undefined ? {} : { maxUses }), ...(model === undefined ? {} : { model }) }]
}

/** A compaction reads the whole conversation once more. It can come before each pass, and tools are what makes passes. */
const readCompactions = (body: RawObject, tools: readonly ServerTool[]): readonly ServerTool[] => {
  const management = isRawObject(body['context_management']) ? body['context_management'] : {}
  const uses = tools.reduce<number | undefined>(
    (sum, { maxUses }) => (sum === undefined || maxUses === undefined ? undefined : sum + maxUses),
    1,
  )
  return objectsOf(management['edits'])
    .map((edit) => textOf(edit['type']))
    .filter((type): type is string => type?.startsWith('compact') === true)
    .map((type) => ({ type, ...(uses === undefined ? {} : { maxUses: uses }) }))
}
