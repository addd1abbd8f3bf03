import type { KeyLimits } from '@vendo/contract/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anthropicRequest, messageAnswer, messageEvents } from '../answers.ts'
import { type OneKey, type RawBroker, rawAnswer, startRawBroker } from './raw-broker.ts'
import { answers, dial, rawMessage, statuses, talk } from './raw-client.ts'
import type { RawReply } from './raw-upstream.ts'

let broker: RawBroker
let key: OneKey['key']
let calls: OneKey['calls']
beforeAll(async () => {
  broker = await startRawBroker(() => undefined)
})
afterAll(() => broker.close())

/** Each test has a provider without connections and a key of its own. */
const start = async (reply: RawReply, limits?: KeyLimits) => {
  await broker.raw.reset(reply)
  const one = await broker.oneKey(limits)
  key = one.key
  calls = one.calls
}

const bodyOf = (text: string) => text.slice(text.indexOf('\r\n\r\n') + 4)
const get = (path: string, method = 'GET') =>
  rawMessage({ key, line: `${method} ${path} HTTP/1.1`, headers: [], body: '' })
const whole = String(messageAnswer().body)

describe('an answer of the provider', () => {
  it('after 103 and 102: only the final one reaches the client', async () => {
    await start((socket) =>
      socket.write(`HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n${rawAnswer()}`),
    )
    const text = await talk(broker.url, rawMessage({ key }), answers(1))
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(text).not.toMatch(/ 10[23] |link:/)
    expect(bodyOf(text)).toBe(whole)
    expect(await calls()).toMatchObject([{ state: 'actual' }])
  })

  it('with trailers: the body is whole, the trailers stay behind', async () => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntrailer: x-sum\r\ntransfer-encoding: chunked'
    const chunk = `${whole.length.toString(16)};ext=1\r\n${whole}\r\n0\r\nx-sum: 7\r\n\r\n`
    await start((socket) => socket.write(`${head}\r\n\r\n${chunk}`))
    const text = await talk(broker.url, rawMessage({ key }), answers(1))
    expect(statuses(text)).toEqual([200])
    expect(text).toContain(whole)
    expect(text).not.toMatch(/x-sum|ext=1/)
  })

  it('with trailers after an event stream: every event is there, and the stream ends cleanly', async () => {
    const events = messageEvents.join('')
    const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked'
    const chunk = `${events.length.toString(16)}\r\n${events}\r\n0\r\nx-sum: 7\r\n\r\n`
    await start((socket) => socket.write(`${head}\r\n\r\n${chunk}`))
    const text = await talk(broker.url, rawMessage({ key }), answers(1))
    expect(text).toContain(events)
    expect(text).toMatch(/\r\n0\r\n\r\n$/)
    expect(text).not.toMatch(/x-sum|event: error/)
    expect(await calls()).toMatchObject([{ state: 'actual' }])
    expect(statuses(await talk(broker.url, rawMessage({ key }), answers(1)))).toEqual([200])
    expect(broker.raw.connections).toBe(1)
  })

  it('with trailers after an error', async () => {
    const head = 'HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ntransfer-encoding: chunked'
    await start((socket) => socket.write(`${head}\r\n\r\n2\r\n{}\r\n0\r\nx-sum: 7\r\n\r\n`))
    const text = await talk(broker.url, rawMessage({ key }), answers(1))
    expect(statuses(text)).toEqual([400])
    expect(text).toMatch(/\r\n\{\}\r\n0\r\n\r\n$/)
    expect(text).not.toContain('x-sum')
  })

  it.each([
    ['one chunk', [whole]],
    ['three chunks', [whole.slice(0, 1), whole.slice(1, 40), whole.slice(40)]],
  ])('in %s that come in one go: goes on in one go, with its length', async (_what, pieces) => {
    const chunks = pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join('')
    const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked'
    await start((socket) => socket.write(`${head}\r\n\r\n${chunks}0\r\n\r\n`))
    const text = await talk(broker.url, rawMessage({ key }), answers(1))
    expect(statuses(text)).toEqual([200])
    expect(bodyOf(text)).toBe(whole)
    expect(text).toContain(`\r\ncontent-length: ${whole.length}\r\n`)
    expect(text).not.toMatch(/transfer-encoding/i)
    expect(await calls()).toMatchObject([{ state: 'actual' }])
  })

  it('in chunks that are more than is kept back: goes on in chunks', async () => {
    const large = JSON.stringify({ ...JSON.parse(whole), padding: 'x'.repeat(200_000) })
    const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked'
    await start((socket) => socket.write(`${head}\r\n\r\n${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n`))
    const text = await talk(broker.url, rawMessage({ key }), (soFar) => soFar.endsWith('\r\n0\r\n\r\n'))
    expect(statuses(text)).toEqual([200])
    expect(text).toMatch(/transfer-encoding: chunked/i)
    expect(bodyOf(text).replaceAll(/(^|\r\n)[0-9a-f]+\r\n/g, '')).toContain(large)
    expect(await calls()).toMatchObject([{ state: 'actual' }])
  })

  it('without a length, ended by its close: whole, and chunked for the client', async () => {
    await start((socket) => socket.end(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n${whole}`))
    const text = await talk(broker.url, rawMessage({ key }), answers(1))
    expect(statuses(text)).toEqual([200])
    expect(text).toMatch(/transfer-encoding: chunked/i)
    expect(await calls()).toMatchObject([{ state: 'actual' }])
  })

  it.each([
    ['204', 'HTTP/1.1 204 No Content\r\nx-a: b\r\n\r\n', 204, 1],
    ['204 with a length, which it may not have', 'HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n', 204, 1],
    ['304', 'HTTP/1.1 304 Not Modified\r\netag: "1"\r\n\r\n', 304, 1],
    // Servers are known to send that body all the same: the connection is given up before it is taken for an answer.
    ['304 with the length of what it stands for', 'HTTP/1.1 304 Not Modified\r\ncontent-length: 900\r\n\r\n', 304, 2],
  ])('%s: no body, and the client’s connection goes on', async (_name, bytes, status, connections) => {
    await start((socket) => socket.write(bytes))
    const request = get('/openai/v1/models/a')
    const text = await talk(broker.url, [request, request], (got) => statuses(got).length === 2)
    expect(statuses(text)).toEqual([status, status])
    expect(text).not.toMatch(/transfer-encoding/i)
    expect(broker.raw.connections).toBe(connections)
    expect((await calls()).map(({ state }) => state)).toEqual(['actual', 'actual'])
  })

  it.each([
    ['a length and chunked', 'content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['two lengths', 'content-length: 5\r\ncontent-length: 6\r\n\r\nhello!'],
    ['a folded line', 'x-a: b\r\n c\r\ncontent-length: 1\u0001\r\n\r\n'],
    ['a NUL in a header', 'x-a: b\u0000\r\ncontent-length: 2\r\n\r\n{}'],
  ])('with %s: not believed', async (_name, rest) => {
    await start((socket) => socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${rest}`))
    const text = await talk(broker.url, rawMessage({ key }), answers(1))
    expect(statuses(text)).toEqual([502])
    expect(text).toContain('upstream_error')
  })
})

describe('connections', () => {
  it('one connection to the provider serves many calls of many clients', async () => {
    await start((socket) => socket.write(rawAnswer()))
    for (let call = 0; call < 5; call++) {
      const text = await talk(broker.url, rawMessage({ key }), answers(1))
      expect(statuses(text)).toEqual([200])
    }
    expect([broker.raw.requests.length, broker.raw.connections]).toEqual([5, 1])
  })

  it('a provider that closes after each answer is dialled again', async () => {
    await start((socket) => socket.end(rawAnswer(['connection: close'])))
    for (let call = 0; call < 3; call++) {
      expect(statuses(await talk(broker.url, rawMessage({ key }), answers(1)))).toEqual([200])
    }
    expect(broker.raw.connections).toBe(3)
  })

  it('pipelined requests are worked on one after the other, and answered in order', async () => {
    const open: (() => void)[] = []
    await start((socket, _request, index) => open.push(() => socket.write(rawAnswer([`x-index: ${index}`]))))
    const request = rawMessage({ key })
    const answered = talk(broker.url, [request + request + request], answers(3))
    for (let index = 0; index < 3; index++) {
      await until(() => open.length === index + 1)
      expect(broker.raw.requests.length).toBe(index + 1)
      open[index]?.()
    }
    const text = await answered
    expect(statuses(text)).toEqual([200, 200, 200])
    expect([...text.matchAll(/x-index: (\d)/g)].map(([, index]) => index)).toEqual(['0', '1', '2'])
    expect(broker.raw.connections).toBe(1)
    expect(await calls()).toHaveLength(3)
  })

  it('pipelined requests whose client leaves are never sent', async () => {
    await start(() => undefined, { on_disconnect: 'abort' })
    const request = rawMessage({ key })
    const left = broker.raw.closed()
    const client = await dial(broker.url)
    client.write(request + request)
    await until(() => broker.raw.requests.length === 1)
    client.destroy()
    await left
    expect(broker.raw.requests).toHaveLength(1)
    expect(await calls()).toHaveLength(1)
  })

  it('Expect: 100-continue is answered before the body, and not forwarded', async () => {
    await start((socket) => socket.write(rawAnswer()))
    const request = rawMessage({ key })
    const split = request.indexOf('\r\n\r\n')
    const text = await talk(
      broker.url,
      [`${request.slice(0, split)}\r\nexpect: 100-continue\r\n\r\n`, request.slice(split + 4)],
      answers(1),
    )
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/)
    expect(broker.raw.requests[0]).not.toMatch(/expect/i)
  })

  it('a WebSocket is told what to do instead, whoever asks', async () => {
    await start((socket) => socket.write(rawAnswer()))
    const handshake = [
      'GET /openai/v1/realtime?model=gpt-realtime HTTP/1.1',
      'host: localhost',
      'connection: Upgrade',
      'upgrade: WebSocket',
      'sec-websocket-version: 13',
      'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
    ]
    const text = await talk(broker.url, `${handshake.join('\r\n')}\r\n\r\n`)
    expect(statuses(text)).toEqual([426])
    expect(text).toMatch(/\r\nvendo-error-code: route_blocked\r\nx-should-retry: false\r\n/)
    expect(JSON.parse(bodyOf(text))).toMatchObject({ error: { message: expect.stringContaining('Use the HTTP API') } })
    expect(broker.raw.requests).toEqual([])
  })

  it('the trailers of a request stay behind, and its body is whole', async () => {
    await start((socket) => socket.write(rawAnswer()))
    const body = JSON.stringify(anthropicRequest())
    const chunks = `${body.length.toString(16)};ext=1\r\n${body}\r\n0\r\nx-sum: 7\r\nx-api-key: sk-other\r\n\r\n`
    const chunked = rawMessage({ key, headers: ['trailer: x-sum', 'transfer-encoding: chunked'], body: chunks })
    const text = await talk(broker.url, [chunked, rawMessage({ key })], answers(2))
    expect(statuses(text)).toEqual([200, 200])
    expect(bodyOf(broker.raw.requests[0] ?? '')).toBe(body)
    expect(broker.raw.requests[0]).not.toMatch(/x-sum|sk-other|trailer/i)
  })

  it('any other expectation is refused', async () => {
    await start((socket) => socket.write(rawAnswer()))
    const request = rawMessage({ key }).replace('\r\n', '\r\nexpect: miracles\r\n')
    expect(statuses(await talk(broker.url, request, answers(1)))).toEqual([417])
    expect(broker.raw.requests).toEqual([])
  })
})

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}
