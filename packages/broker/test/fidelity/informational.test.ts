import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { messageAnswer, messageEvents } from '../answers.ts'
import { type RawBroker, rawAnswer, startRawBroker } from './raw-broker.ts'
import { answers, rawMessage, statuses, talk } from './raw-client.ts'

let broker: RawBroker
beforeAll(async () => {
  broker = await startRawBroker(() => undefined)
})
afterAll(() => broker.close())

const whole = String(messageAnswer().body)
const bodyOf = (text: string) => text.slice(text.indexOf('\r\n\r\n') + 4)
const continued = 'HTTP/1.1 100 Continue\r\n\r\n'
const processing = 'HTTP/1.1 102 Processing\r\n\r\n'
const hints = 'HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n'

/** Nobody asked the provider for one: the request's `Expect` stays behind. */
describe('informational answers of the provider never break a call, and stay behind', () => {
  it.each([
    ['100', continued],
    ['100 with headers', 'HTTP/1.1 100 Continue\r\nx-hop: 1\r\n\r\n'],
    ['100 without a reason', 'HTTP/1.1 100 \r\n\r\n'],
    ['100 twice', continued + continued],
    ['102', processing],
    ['103', hints],
    ['103 twice', hints + hints],
    ['100, 102, 103, 100', continued + processing + hints + continued],
    ['199, of which nobody knows', 'HTTP/1.1 199 Soon\r\n\r\n'],
  ])('%s', async (_name, before) => {
    await broker.raw.reset((socket) => socket.write(before + rawAnswer()))
    const { key, calls } = await broker.oneKey()
    const request = rawMessage({ key })
    const text = await talk(broker.url, [request, request], answers(2))
    expect(statuses(text)).toEqual([200, 200])
    expect(text).not.toMatch(/HTTP\/1\.1 1|link:|x-hop/)
    expect(bodyOf(text).slice(0, whole.length)).toBe(whole)
    expect(broker.raw.connections).toBe(1)
    expect((await calls()).map(({ state }) => state)).toEqual(['actual', 'actual'])
  })
})

describe('wherever the network splits it', () => {
  it.each([1, 9, 12, 23, 25, 30])('after byte %i', async (at) => {
    const bytes = continued + rawAnswer()
    await broker.raw.reset((socket) => {
      socket.setNoDelay()
      socket.write(bytes.slice(0, at), () => setImmediate(() => socket.write(bytes.slice(at))))
    })
    const text = await talk(broker.url, rawMessage({ key: broker.key }), answers(1))
    expect(statuses(text)).toEqual([200])
    expect(bodyOf(text)).toBe(whole)
  })
})

it('a piece of a body that begins like an informational answer is a piece of a body', async () => {
  const piece = continued + hints
  const bytes = rawAnswer([], `x${piece}`)
  let sendRest = () => undefined as unknown
  await broker.raw.reset((socket) => {
    socket.write(bytes.slice(0, -piece.length))
    sendRest = () => socket.write(piece)
  })
  const text = await talk(broker.url, rawMessage({ key: broker.key }), (got) => {
    if (got.endsWith('\r\n\r\nx')) sendRest()
    return answers(1)(got.replace(piece, 'y'.repeat(piece.length)))
  })
  expect(bodyOf(text)).toBe(`x${piece}`)
})

it('before an event stream: the stream is whole', async () => {
  const events = messageEvents.join('')
  const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n'
  await broker.raw.reset((socket) => socket.end(continued + head + events))
  const { key, calls } = await broker.oneKey()
  const text = await talk(broker.url, rawMessage({ key }), (got) => got.endsWith('0\r\n\r\n'))
  expect(text).toContain('message_stop')
  expect(await calls()).toMatchObject([{ state: 'actual' }])
})

it.each([
  [
    '101, a switch that nobody asked for',
    'HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n',
  ],
  ['100 without an end', `HTTP/1.1 100 Continue\r\nx-a: ${'b'.repeat(40_000)}`],
])('%s: the broker’s own error', async (_name, bytes) => {
  await broker.raw.reset((socket) => socket.write(bytes))
  const text = await talk(broker.url, rawMessage({ key: broker.key }), answers(1))
  expect(statuses(text)).toEqual([502])
  expect(text).toMatch(/\r\nvendo-error-code: upstream_error\r\n/)
})
