import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { messageAnswer } from '../answers.ts'
import { type RawBroker, rawAnswer, startRawBroker } from './raw-broker.ts'
import { rawMessage, statuses, talk } from './raw-client.ts'
import type { RawReply } from './raw-upstream.ts'

let broker: RawBroker
beforeAll(async () => {
  broker = await startRawBroker(() => undefined)
})
afterAll(async () => {
  expect(await broker.store.verify()).toMatchObject({ ok: true, openHolds: 0, problems: [] })
  await broker.close()
})

const whole = String(messageAnswer().body)
const head = (status: string, ...headers: readonly string[]) =>
  [`HTTP/1.1 ${status}`, 'content-type: application/json', ...headers, '', ''].join('\r\n')

/** HEAD and then a message on one connection: a byte too many, or a length that is waited for, would spoil the second. */
const askHead = async (path: string, reply: RawReply) => {
  await broker.raw.reset((socket, request, index) =>
    request.startsWith('HEAD') ? reply(socket, request, index) : socket.write(rawAnswer()),
  )
  const { key, calls } = await broker.oneKey()
  const request = rawMessage({ key, line: `HEAD ${path} HTTP/1.1`, headers: [], body: '' })
  const text = await talk(broker.url, [request, rawMessage({ key })], (got) => got.endsWith(whole))
  const second = text.indexOf('HTTP/1.1', 1)
  return { text: text.slice(0, second), statuses: statuses(text), calls: await calls() }
}

describe('HEAD of a free GET route is the provider’s head, without a body', () => {
  it.each([
    ['200 with the length of what it stands for', 200, head('200 OK', 'content-length: 900', 'etag: "1"')],
    ['200 of a chunked body', 200, head('200 OK', 'transfer-encoding: chunked', 'etag: "1"')],
    ['200 without any framing', 200, head('200 OK', 'connection: keep-alive', 'etag: "1"')],
    ['200 of an event stream', 200, head('200 OK', 'etag: "1"').replace('application/json', 'text/event-stream')],
    ['200 of a compressed body', 200, head('200 OK', 'content-encoding: gzip', 'content-length: 900', 'etag: "1"')],
    ['304', 304, head('304 Not Modified', 'etag: "1"')],
    ['404 with a length', 404, head('404 Not Found', 'content-length: 900', 'etag: "1"')],
    ['500 of a compressed body', 500, head('500 Oops', 'content-encoding: br', 'content-length: 9', 'etag: "1"')],
  ])('%s', async (_name, status, bytes) => {
    for (const path of ['/openai/v1/models', '/openai/v1/models/gpt-x']) {
      const { text, statuses, calls } = await askHead(path, (socket) => socket.write(bytes))
      expect(statuses).toEqual([status, 200])
      expect(text).toMatch(/\r\netag: "1"\r\n/)
      expect(text.endsWith('\r\n\r\n')).toBe(true)
      const described = bytes.split('\r\n').filter((line) => line.startsWith('content-'))
      expect(text.split('\r\n')).toEqual(expect.arrayContaining(described))
      expect(calls.map(({ state }) => state).sort()).toEqual(['actual', 'actual'])
      expect(calls.find(({ route }) => route.startsWith('HEAD'))).toMatchObject({ walletNanos: 0n })
      expect(broker.raw.requests[0]).toMatch(new RegExp(`^HEAD ${path.slice('/openai'.length)} HTTP/1.1\r\n`))
    }
  })

  it('a body that the provider sends all the same stays behind', async () => {
    const { text, statuses } = await askHead('/openai/v1/models', (socket) =>
      socket.end(`${head('200 OK', 'content-length: 11', 'connection: close')}{"data":[]}`),
    )
    expect(statuses).toEqual([200, 200])
    expect(text).not.toContain('data')
  })
})

describe('the broker’s own errors have no body either', () => {
  it.each<[string, string, number, RawReply]>([
    ['a metered route', '/openai/v1/responses', 404, () => undefined],
    ['somebody else’s response', '/openai/v1/responses/resp_1', 404, () => undefined],
    ['a provider that breaks off', '/openai/v1/models', 502, (socket) => socket.destroy()],
    ['a refused credential', '/openai/v1/models', 502, (socket) => socket.write(head('401 No', 'content-length: 5'))],
  ])('%s', async (_name, path, status, reply) => {
    const { text, statuses } = await askHead(path, reply)
    expect(statuses).toEqual([status, 200])
    expect(text).toMatch(/\r\ncontent-length: \d\d+\r\n/)
    expect(text.endsWith('\r\n\r\n')).toBe(true)
  })
})

it('a kept catalog is neither asked for a HEAD nor made from one', async () => {
  const get = (method: string, key: string) =>
    rawMessage({ key, line: `${method} /openai/v1/models?kept HTTP/1.1`, headers: ['connection: close'], body: '' })
  await broker.raw.reset((socket, request) =>
    request.startsWith('HEAD') ? socket.write(head('200 OK', 'content-length: 2')) : socket.write(rawAnswer([], '{}')),
  )
  for (const method of ['HEAD', 'GET', 'HEAD', 'GET']) {
    const text = await talk(broker.url, get(method, broker.key))
    expect(statuses(text)).toEqual([200])
    expect(text.endsWith(method === 'GET' ? '{}' : '\r\n\r\n')).toBe(true)
  }
  expect(broker.raw.requests.map((request) => request.split(' ')[0])).toEqual(['HEAD', 'GET', 'HEAD'])
})
