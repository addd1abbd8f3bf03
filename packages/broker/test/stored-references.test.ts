import { jsonAnswer } from '@vendo/testkit'
import { describe, expect, it } from 'vitest'
import { startTestBroker } from './harness.ts'

const responses = '/openai/v1/responses'
const chat = '/openai/v1/chat/completions'
const messages = '/anthropic/v1/messages'
const gemini = '/gemini/v1beta/models/gemini-2.5-flash:generateContent'
const ask = { model: 'gpt-4o-mini', input: 'Hi', max_output_tokens: 16 }
const say = (content: unknown) => ({ model: 'claude-haiku-4-5', max_tokens: 16, messages: [{ role: 'user', content }] })
const talk = (content: unknown) => ({ model: 'gpt-4o-mini', max_tokens: 16, messages: [{ role: 'user', content }] })
const contents = (part: object) => ({ contents: [{ role: 'user', parts: [part] }] })
const file = { type: 'file', file_id: 'file_1' }

const stored: readonly (readonly [string, string, object])[] = [
  ['an item by reference', responses, { ...ask, input: [{ type: 'item_reference', id: 'msg_1' }] }],
  ['an item that is only an id', responses, { ...ask, input: [{ id: 'rs_1' }] }],
  ['reasoning without its content', responses, { ...ask, input: [{ type: 'reasoning', id: 'rs_1', summary: [] }] }],
  ['a conversation', responses, { ...ask, conversation: 'conv_1' }],
  ['a conversation in an object', responses, { ...ask, conversation: { id: 'conv_1' } }],
  ['a prompt', responses, { ...ask, prompt: { id: 'pmpt_1' } }],
  ['a file', responses, { ...ask, input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'file_1' }] }] }],
  ['an image', responses, { ...ask, input: [{ role: 'user', content: [{ type: 'input_image', file_id: 'file_1' }] }] }],
  [
    'a vector store',
    responses,
    { ...ask, max_tool_calls: 1, tools: [{ type: 'file_search', vector_store_ids: ['vs_1'] }] },
  ],
  ['an audio answer', chat, { ...talk('Hi'), messages: [{ role: 'assistant', audio: { id: 'audio_1' } }] }],
  ['a file of chat', chat, talk([{ type: 'file', file: { file_id: 'file_1' } }])],
  ['a container of Anthropic', messages, { ...say('Hi'), container: 'container_1' }],
  ['a file of Anthropic', messages, say([{ type: 'document', source: file }])],
  ['an image of Anthropic', messages, say([{ type: 'image', source: file }])],
  ['cached content', gemini, { ...contents({ text: 'Hi' }), cachedContent: 'cachedContents/1' }],
  ['a file of Gemini', gemini, contents({ fileData: { fileUri: 'https://x.test/v1beta/files/1' } })],
  [
    'a file, where tokens are counted',
    '/anthropic/v1/messages/count_tokens',
    say([{ type: 'document', source: file }]),
  ],
  ['a conversation, where tokens are counted', '/openai/v1/responses/input_tokens', { ...ask, conversation: 'conv_1' }],
  [
    'cached content, where tokens are counted',
    '/gemini/v1beta/models/gemini-2.5-flash:countTokens',
    { generateContentRequest: { ...contents({ text: 'Hi' }), cachedContent: 'cachedContents/1' } },
  ],
]

describe('an object that is stored at the provider', () => {
  it('may not be named on a pooled credential', async () => {
    const broker = await startTestBroker({ script: () => jsonAnswer({}) })
    for (const [rule, path, json] of stored) {
      const answer = await broker.send({ path, json })
      expect([rule, answer.status, answer.headers['vendo-error-code']]).toEqual([rule, 403, 'binding_missing'])
    }
    expect(broker.upstream.requests).toHaveLength(0)
    await broker.close()
  })

  it('is the business of its provider on an own credential', async () => {
    const broker = await startTestBroker({ script: () => jsonAnswer({}), profile: 'byok_static' })
    for (const [rule, path, json] of stored)
      expect([rule, (await broker.send({ path, json })).status]).toEqual([rule, 200])
    expect(broker.upstream.requests).toHaveLength(stored.length)
    await broker.close()
  })

  it('another tenant’s response may not be named where tokens are counted', async () => {
    const broker = await startTestBroker({ script: () => jsonAnswer({}) })
    const json = { ...ask, previous_response_id: 'resp_1' }
    const answer = await broker.send({ path: '/openai/v1/responses/input_tokens', json })
    expect([answer.status, answer.headers['vendo-error-code']]).toEqual([404, 'job_not_found'])
    await broker.close()
  })
})
