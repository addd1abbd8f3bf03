import { describe, expect, it } from 'vitest'
import { readBody, readStream, streamOf } from '../../test/read-answer.ts'

const created = {
  type: 'response.created',
  response: { id: 'resp_1', model: 'gpt-test-1', status: 'in_progress', usage: null },
}
const added = (type: string, index: number, rest: object = {}) => ({
  ...{ type: 'response.output_item.added', output_index: index, item: { type, id: `id_${index}`, ...rest } },
})
const done = (type: string, index: number) => ({ ...added(type, index), type: 'response.output_item.done' })

const started = {
  type: 'message_start',
  message: { id: 'msg_1', type: 'message', model: 'claude-test-1', content: [], usage: { input_tokens: 1 } },
}
const block = (type: string, index: number, name?: string) => ({
  ...{ type: 'content_block_start', index, content_block: { type, ...(name !== undefined && { name }) } },
})

describe('uses of server tools in a stream that was cut', () => {
  it.each([
    ['a search that has begun', [added('web_search_call', 0)], 1],
    ['a search that has ended is the same one', [added('web_search_call', 0), done('web_search_call', 0)], 1],
    ['a tool without a fee', [added('mcp_call', 0), added('code_interpreter_call', 1)], 2],
    ['a tool that nobody knows yet', [added('teleport_call', 0)], 1],
    [
      'what the client runs',
      [added('function_call', 0), done('custom_tool_call', 1), added('local_shell_call', 2)],
      undefined,
    ],
    ["a shell of the client's own", [added('shell_call', 0, { environment: { type: 'local' } })], undefined],
    ['text and reasoning', [added('message', 0), done('reasoning', 1)], undefined],
  ])('OpenAI Responses: %s', (_rule, events, uses) => {
    expect(readStream('openai-responses', streamOf(created, ...events)).toolUses).toBe(uses)
  })

  it.each([
    ['a search', [block('server_tool_use', 0, 'web_search'), block('web_search_tool_result', 1)], 1],
    ['a tool of an MCP server', [block('mcp_tool_use', 0, 'deploy'), block('mcp_tool_result', 1)], 1],
    [
      'a run of code and a search',
      [block('server_tool_use', 0, 'code_execution'), block('server_tool_use', 1, 'web_search')],
      2,
    ],
    ['a tool of the client', [block('tool_use', 0, 'shell')], undefined],
    ['text', [block('text', 0)], undefined],
  ])('Anthropic: %s', (_rule, events, uses) => {
    expect(readStream('anthropic-messages', streamOf(started, ...events)).toolUses).toBe(uses)
  })
})

it('a use that has only begun has no fee yet', () => {
  const usage = { input_tokens: 10, output_tokens: 5, total_tokens: 15 }
  const ended = {
    type: 'response.completed',
    response: { ...created.response, status: 'completed', output: [], usage },
  }
  const reading = readStream('openai-responses', streamOf(created, added('web_search_call', 0), ended))
  expect(reading.usage?.quantities).not.toHaveProperty('web_search')
})

it('an answer without tools says nothing of them', () => {
  const body = { id: 'resp_1', status: 'completed', model: 'gpt-test-1', output: [{ type: 'message' }], usage: null }
  expect(readBody('openai-responses', body)).not.toHaveProperty('toolUses')
})
