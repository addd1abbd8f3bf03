import { isRawObject, type RawObject } from '../reader/answer-state.ts'
import { objectsOf } from './raw.ts'
import { visitParts } from './visit-parts.ts'

/** Anthropic's ways to add a tool that is declared at the top of the request, and counted there. */
const references: ReadonlySet<unknown> = new Set(['tool_reference', 'mcp_tool_reference', 'mcp_toolset_reference'])

/** Items of OpenAI's Responses that bring tools into the conversation. */
const toolItems: ReadonlySet<unknown> = new Set(['additional_tools', 'tool_search_output'])

/**
 * The tools that the content of a request adds to those at its top. What adds a tool in a way that nobody knows gives an
 * object without a known type, which no reader takes for a tool of the client's.
 */
export const addedTools = (roots: readonly unknown[]): readonly RawObject[] => {
  const tools: RawObject[] = []
  visitParts(roots, (part) => {
    if (part['type'] === 'tool_addition') tools.push(...addedTool(part['tool']))
    else if (toolItems.has(part['type'])) tools.push(...objectsOf(part['tools']))
  })
  return tools
}

const addedTool = (tool: unknown): readonly RawObject[] => {
  if (isRawObject(tool) && references.has(tool['type'])) return []
  const definition = isRawObject(tool) && tool['type'] === 'tool_definition' ? tool['definition'] : undefined
  return [isRawObject(definition) ? definition : { type: 'tool_addition' }]
}
