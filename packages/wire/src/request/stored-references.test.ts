import type { WireFormatName } from '@vendo/contract'
import { describe, expect, it } from 'vitest'
import type { StoredReference, StoredReferenceKind } from '../request-facts.ts'
import { readStoredReferences } from './read-findings.ts'
import { readRequestFacts } from './read-request-facts.ts'

const message = (part: object) => ({ messages: [{ role: 'user', content: [part] }] })
const item = (part: object) => ({ input: [{ role: 'user', content: [part] }] })

type Row = readonly [WireFormatName, object, path: string, kind: StoredReferenceKind, id: string | null]

const responses: readonly Row[] = [
  ['openai-responses', { previous_response_id: 'resp_1' }, 'previous_response_id', 'response', 'resp_1'],
  ['openai-responses', { conversation: 'conv_1' }, 'conversation', 'conversation', 'conv_1'],
  ['openai-responses', { conversation: { id: 'conv_1' } }, 'conversation.id', 'conversation', 'conv_1'],
  ['openai-responses', { prompt: { id: 'pmpt_1' } }, 'prompt.id', 'prompt', 'pmpt_1'],
  ['openai-responses', { input: [{ type: 'item_reference', id: 'msg_1' }] }, 'input[0]', 'item', 'msg_1'],
  ['openai-responses', { input: [{ id: 'msg_1' }] }, 'input[0]', 'item', 'msg_1'],
  ['openai-responses', { input: ['x', { id: 7 }].slice(1) }, 'input[0]', 'item', null],
  [
    'openai-responses',
    { tools: [{ type: 'code_interpreter', container: 'cntr_1' }] },
    'tools[0].container',
    'container',
    'cntr_1',
  ],
  [
    'openai-responses',
    { tools: [{ type: 'shell', environment: { type: 'container_reference', container_id: 'cntr_1' } }] },
    'tools[0].environment.container_id',
    'container',
    'cntr_1',
  ],
  [
    'openai-responses',
    { tools: [{ type: 'code_interpreter', container: { type: 'auto', file_ids: ['file_1'] } }] },
    'tools[0].container.file_ids[0]',
    'file',
    'file_1',
  ],
  [
    'openai-responses',
    { tools: [{ type: 'file_search', vector_store_ids: ['vs_1'] }] },
    'tools[0].vector_store_ids[0]',
    'vector_store',
    'vs_1',
  ],
  [
    'openai-responses',
    { tools: [{ type: 'image_generation', input_image_mask: { file_id: 'file_1' } }] },
    'tools[0].input_image_mask.file_id',
    'file',
    'file_1',
  ],
  [
    'openai-responses',
    item({ type: 'input_file', file_id: 'file_1' }),
    'input[0].content[0].file_id',
    'file',
    'file_1',
  ],
  [
    'openai-responses',
    item({ type: 'input_image', file_id: 'file_1' }),
    'input[0].content[0].file_id',
    'file',
    'file_1',
  ],
  [
    'openai-responses',
    { input: [{ type: 'function_call_output', call_id: 'a', output: [{ type: 'input_file', file_id: 'file_1' }] }] },
    'input[0].output[0].file_id',
    'file',
    'file_1',
  ],
  [
    'openai-responses',
    { input: [{ type: 'code_interpreter_call', id: 'ci_1', container_id: 'cntr_1', outputs: [{}] }] },
    'input[0].container_id',
    'container',
    'cntr_1',
  ],
  ['openai-responses', { preset: 'p' }, 'preset', 'prompt', 'p'],
  ['openai-responses', { previous_response_id: { id: 'resp_1' } }, 'previous_response_id', 'response', null],
]

const others: readonly Row[] = [
  [
    'openai-chat',
    { messages: [{ role: 'assistant', audio: { id: 'audio_1' } }] },
    'messages[0].audio.id',
    'audio',
    'audio_1',
  ],
  [
    'openai-chat',
    message({ type: 'file', file: { file_id: 'file_1' } }),
    'messages[0].content[0].file.file_id',
    'file',
    'file_1',
  ],
  ['anthropic-messages', { container: 'cntr_1' }, 'container', 'container', 'cntr_1'],
  [
    'anthropic-messages',
    { container: { id: 'cntr_1', skills: [{ type: 'anthropic', skill_id: 'pdf' }] } },
    'container.id',
    'container',
    'cntr_1',
  ],
  [
    'anthropic-messages',
    { container: { skills: [{ type: 'custom', skill_id: 'skill_1' }] } },
    'container.skills[0].skill_id',
    'container',
    'skill_1',
  ],
  [
    'anthropic-messages',
    { thread: { type: 'continue', previous_message_id: 'msg_1' } },
    'thread.previous_message_id',
    'thread',
    'msg_1',
  ],
  [
    'anthropic-messages',
    message({ type: 'document', source: { type: 'file', file_id: 'file_1' } }),
    'messages[0].content[0].source.file_id',
    'file',
    'file_1',
  ],
  [
    'anthropic-messages',
    message({ type: 'tool_result', content: [{ type: 'image', source: { type: 'file', file_id: 'file_1' } }] }),
    'messages[0].content[0].content[0].source.file_id',
    'file',
    'file_1',
  ],
  [
    'anthropic-messages',
    message({ type: 'container_upload', file_id: 'file_1' }),
    'messages[0].content[0].file_id',
    'file',
    'file_1',
  ],
  ['gemini-generate', { cachedContent: 'cachedContents/1' }, 'cachedContent', 'cached_content', 'cachedContents/1'],
  ['gemini-generate', { cached_content: 'cachedContents/1' }, 'cached_content', 'cached_content', 'cachedContents/1'],
  [
    'gemini-generate',
    { contents: [{ parts: [{ fileData: { fileUri: 'files/1' } }] }] },
    'contents[0].parts[0].fileData.fileUri',
    'file_uri',
    'files/1',
  ],
  [
    'gemini-generate',
    { contents: { parts: { file_data: { file_uri: 'files/1' } } } },
    'contents.parts.file_data.file_uri',
    'file_uri',
    'files/1',
  ],
  [
    'gemini-generate',
    { tools: [{ fileSearch: { fileSearchStoreNames: ['fileSearchStores/1'] } }] },
    'tools[0].fileSearch.fileSearchStoreNames[0]',
    'vector_store',
    'fileSearchStores/1',
  ],
]

describe('objects that the provider keeps', () => {
  it.each([...responses, ...others])('%s: %j', (wireFormat, body, path, kind, id) => {
    const references = [{ path, kind, id }]
    expect(readRequestFacts(wireFormat, body, 10).storedReferences).toEqual(references)
    expect(readStoredReferences(wireFormat, body)[0]).toEqual(references[0])
  })

  it.each([
    { type: 'reasoning', id: 'rs_1' },
    { type: 'reasoning', id: 'rs_1', summary: [] },
    { type: 'reasoning', id: 'rs_1', encrypted_content: null },
    { type: 'web_search_call', id: 'ws_1' },
    { type: 'web_search_call', id: 'ws_1', status: 'completed' },
    { type: 'file_search_call', id: 'fs_1', results: null },
    { type: 'code_interpreter_call', id: 'ci_1', outputs: [] },
    { type: 'mcp_list_tools', id: 'mcpl_1' },
    { type: 'mcp_call', id: 'mcp_1' },
    { type: 'compaction', id: 'cmp_1' },
    { type: 'image_generation_call', id: 'ig_1', result: null },
    { type: 'message', id: 'msg_1' },
    { type: 'function_call', id: 'fc_1' },
  ])('$type with an id and no content is loaded by it: %j', (stored) => {
    const facts = readRequestFacts('openai-responses', { input: [stored] }, 10)
    expect(facts).toMatchObject({
      storedReferences: [{ path: 'input[0]', kind: 'item', id: stored.id }],
      notUnderstood: [],
    })
    expect(facts.remoteReferences).toBe(1)
  })

  it.each([
    { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'AAAA' },
    { type: 'reasoning', summary: [] },
    { type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'output_text', text: 'a' }] },
    { role: 'user', content: 'a' },
    { type: 'function_call', id: 'fc_1', call_id: 'a', name: 'b', arguments: '{}' },
    { type: 'function_call_output', id: 'fco_1', call_id: 'a', output: 'b' },
    { type: 'compaction', id: 'cmp_1', encrypted_content: 'AAAA' },
    { type: 'mcp_list_tools', id: 'mcpl_1', tools: [{ name: 'a', input_schema: {} }] },
    {
      type: 'shell_call_output',
      call_id: 'a',
      output: [{ stdout: 'a', stderr: '', outcome: { type: 'exit', exit_code: 0 } }],
    },
    { type: 'compaction_trigger', id: 'ct_1' },
  ])('%j is whole', (whole) => {
    expect(readRequestFacts('openai-responses', { input: [whole] }, 10)).toMatchObject({
      storedReferences: [],
      notUnderstood: [],
      remoteReferences: 0,
    })
  })

  it('are named for a request that only counts', () => {
    const inner = { contents: [], cachedContent: 'cachedContents/1' }
    expect(readStoredReferences('gemini-generate', { generateContentRequest: inner })).toEqual([
      { path: 'generateContentRequest.cachedContent', kind: 'cached_content', id: 'cachedContents/1' },
    ])
    expect(readStoredReferences('openai-responses', { model: 'm', personality: 'friendly', input: 'a' })).toEqual([])
    expect(readStoredReferences('anthropic-messages', null)).toEqual([])
  })

  it.each<[WireFormatName, object, readonly string[], string]>([
    ['openai-responses', { Conversation: 'conv_1' }, [], 'Conversation'],
    ['anthropic-messages', message({ type: 'scan', file: 'f' }), [], 'messages[0].content[0].type'],
    ['openai-responses', { input: 'a' }, ['conversation'], 'conversation'],
  ])('are unknown where the request is not understood (%s %j)', (wireFormat, body, duplicates, path) => {
    expect(readStoredReferences(wireFormat, body, duplicates)).toContainEqual({ path, kind: 'item', id: null })
  })

  it('past a thousand are known by none', () => {
    const input = Array.from({ length: 5_000 }, (_, index) => ({ type: 'item_reference', id: `msg_${index}` }))
    const references: readonly StoredReference[] = readStoredReferences('openai-responses', { input })
    expect(references).toHaveLength(1_001)
    expect(references.at(-1)?.id).toBe(null)
  })
})
