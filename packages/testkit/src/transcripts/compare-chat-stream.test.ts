import { describe, expect, it } from 'vitest'
import { compareChatStream } from './compare-chat-stream.ts'

const text = 'data: {"choices":[{"delta":{"content":"Hi"}}],"usage":null}\n\n'
const textSeen = 'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n'
const usage = 'data: {"choices":[],"usage":{"prompt_tokens":1}}\n\n'
const done = 'data: [DONE]\n\n'

const compare = (sent: string, received: string): string | undefined =>
  compareChatStream(Buffer.from(sent), Buffer.from(received))

describe('compareChatStream', () => {
  it.each([
    ['the usage-only chunk and null members are gone', text + usage + done, textSeen + done],
    ['there was nothing to hide', textSeen + done, textSeen + done],
    ['member order and white space differ', 'data: {"a":1,"b":2}\n\n', 'data: { "b": 2, "a": 1 }\n\n'],
    ['a filter chunk has no choices and no usage', 'data: {"choices":[],"usage":null}\n\n', 'data: {"choices":[]}\n\n'],
  ])('accepts: %s', (_, sent, received) => {
    expect(compare(sent, received)).toBeUndefined()
  })

  it.each([
    ['the usage-only chunk is still there', text + usage + done, textSeen + usage + done],
    ['a null member is still there', text + done, text + done],
    ['an event is missing', text + text + done, textSeen + done],
    ['the end is missing', text + done, textSeen],
    ['text changed', text, textSeen.replace('Hi', 'Ho')],
    ['a comment is missing', `: wait\n\n${text}`, textSeen],
    ['the last event was cut', text + done, `${textSeen}data: [DON`],
    ['usage beside content is gone', 'data: {"choices":[{}],"usage":{"a":1}}\n\n', 'data: {"choices":[{}]}\n\n'],
  ])('finds: %s', (_, sent, received) => {
    expect(compare(sent, received)).toMatch(/^event \d+ differs/)
  })
})
