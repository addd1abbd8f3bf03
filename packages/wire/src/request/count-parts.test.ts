import type { WireFormatName } from '@vendo/contract'
import { describe, expect, it } from 'vitest'
import type { RequestFacts } from '../request-facts.ts'
import { readRequestFacts } from './read-request-facts.ts'

const read = (wireFormat: WireFormatName, body: object) => {
  const json = JSON.stringify(body)
  return readRequestFacts(wireFormat, JSON.parse(json), json.length)
}
const base64 = 'A'.repeat(4000)
const textOnly = (body: object) => JSON.stringify(body).length - base64.length

type Row = readonly [rule: string, wireFormat: WireFormatName, body: object, facts: Partial<RequestFacts>]

const parts = (wireFormat: WireFormatName, ...content: readonly object[]): object =>
  wireFormat === 'openai-responses' ? { input: [{ role: 'user', content }] } : { messages: [{ role: 'user', content }] }

const inline = (wireFormat: WireFormatName, rule: string, part: object, facts: Partial<RequestFacts>): Row => {
  const body = parts(wireFormat, { type: 'text', text: 'look' }, part)
  return [rule, wireFormat, body, { textBytes: textOnly(body), ...facts }]
}

const png = { type: 'base64', media_type: 'image/png', data: base64 }
const pdf = { type: 'base64', media_type: 'application/pdf', data: base64 }
const dataUrl = (type: string) => `data:${type};base64,${base64}`

const contentRows: readonly Row[] = [
  inline('anthropic-messages', 'an inline image', { type: 'image', source: png }, { images: 1 }),
  inline(
    'anthropic-messages',
    'an inline document',
    { type: 'document', source: pdf },
    { documents: [{ bytes: 3000 }] },
  ),
  inline(
    'anthropic-messages',
    'an image in a tool result',
    { type: 'tool_result', content: [{ type: 'image', source: png }] },
    { images: 1 },
  ),
  inline(
    'anthropic-messages',
    'an image in a document',
    { type: 'document', source: { type: 'content', content: [{ type: 'image', source: png }] } },
    { images: 1, documents: [] },
  ),
  inline(
    'openai-chat',
    'an inline image',
    { type: 'image_url', image_url: { url: dataUrl('image/png') } },
    { images: 1 },
  ),
  inline(
    'openai-chat',
    'inline audio',
    { type: 'input_audio', input_audio: { data: base64, format: 'mp3' } },
    { audioBytes: 3000 },
  ),
  inline(
    'openai-chat',
    'an inline file',
    { type: 'file', file: { file_data: dataUrl('application/pdf') } },
    { documents: [{ bytes: 3000 }] },
  ),
  inline(
    'openai-responses',
    'an inline image',
    { type: 'input_image', image_url: dataUrl('image/png') },
    { images: 1 },
  ),
  inline(
    'openai-responses',
    'an inline file',
    { type: 'input_file', file_data: dataUrl('application/pdf') },
    { documents: [{ bytes: 3000 }] },
  ),
  [
    'an image of an earlier turn',
    'openai-responses',
    { input: [{ type: 'image_generation_call', result: base64 }] },
    { images: 1 },
  ],
  [
    'a screenshot',
    'openai-responses',
    {
      input: [
        { type: 'computer_call_output', output: { type: 'computer_screenshot', image_url: dataUrl('image/png') } },
      ],
    },
    { images: 1 },
  ],
  [
    'an image by URL',
    'anthropic-messages',
    parts('anthropic-messages', { type: 'image', source: { type: 'url', url: 'https://x.test' } }),
    { images: 1, remoteReferences: 0 },
  ],
  [
    'a document by URL',
    'anthropic-messages',
    parts('anthropic-messages', { type: 'document', source: { type: 'url', url: 'https://x.test' } }),
    { remoteReferences: 1 },
  ],
  [
    'a document by id',
    'anthropic-messages',
    parts('anthropic-messages', { type: 'document', source: { type: 'file', file_id: 'f' } }),
    { remoteReferences: 1 },
  ],
  [
    'a plain text document',
    'anthropic-messages',
    parts('anthropic-messages', { type: 'document', source: { type: 'text', data: 'hi' } }),
    { remoteReferences: 0, documents: [] },
  ],
  [
    'a file by id',
    'openai-chat',
    parts('openai-chat', { type: 'file', file: { file_id: 'f' } }),
    { remoteReferences: 1 },
  ],
  [
    'a file by URL',
    'openai-chat',
    parts('openai-chat', { type: 'file', file: { file_data: 'https://x.test/a.pdf' } }),
    { remoteReferences: 1 },
  ],
  [
    'a file by URL',
    'openai-responses',
    parts('openai-responses', { type: 'input_file', file_url: 'https://x.test' }),
    { remoteReferences: 1 },
  ],
  [
    'a video',
    'openai-chat',
    parts('openai-chat', { type: 'video_url', video_url: { url: 'https://x.test' } }),
    { remoteReferences: 1 },
  ],
  [
    'an earlier spoken answer',
    'openai-chat',
    { messages: [{ role: 'assistant', audio: { id: 'audio_1' } }] },
    { remoteReferences: 1 },
  ],
  ['a stored item', 'openai-responses', { input: [{ type: 'item_reference', id: 'i' }] }, { remoteReferences: 1 }],
  [
    'a file in a tool output',
    'openai-responses',
    { input: [{ type: 'function_call_output', output: [{ type: 'input_file', file_id: 'f' }] }] },
    { remoteReferences: 1 },
  ],
  [
    'stored context',
    'openai-responses',
    { previous_response_id: 'r', conversation: 'c', prompt: { id: 'p' } },
    { remoteReferences: 3 },
  ],
  ['a container', 'anthropic-messages', { container: 'c' }, { remoteReferences: 1 }],
  [
    'a container of a tool',
    'openai-responses',
    { tools: [{ type: 'code_interpreter', container: 'c' }] },
    { remoteReferences: 1 },
  ],
  [
    'files in a container',
    'openai-responses',
    { tools: [{ type: 'code_interpreter', container: { type: 'auto', file_ids: ['a', 'b'] } }] },
    { remoteReferences: 2 },
  ],
]

describe('the content of a request', () => {
  it.each(contentRows)('%s (%s)', (_, wireFormat, body, facts) => {
    expect(read(wireFormat, body)).toMatchObject(facts)
  })

  it('text that only looks like an image stays text', () => {
    const image = { type: 'image', source: png }
    for (const body of [
      parts('anthropic-messages', { type: 'tool_use', input: image }),
      { tools: [{ name: 'a', input_schema: image }], metadata: image },
    ]) {
      expect(read('anthropic-messages', body)).toMatchObject({ images: 0, textBytes: JSON.stringify(body).length })
    }
  })

  it('does not overflow on deep or wide bodies', () => {
    let deep: object = { type: 'image', source: png }
    for (let level = 0; level < 50_000; level++) deep = { content: [deep] }
    expect(readRequestFacts('anthropic-messages', { messages: [deep] }, 10_000).images).toBe(1)
    const wide = Array.from({ length: 300_000 }, () => ({ type: 'image' }))
    expect(readRequestFacts('anthropic-messages', { messages: [{ content: wide }] }, 10).images).toBe(300_000)
  })
})
