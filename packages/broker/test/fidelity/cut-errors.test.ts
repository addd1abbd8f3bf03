import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RawBroker, startRawBroker } from './raw-broker.ts'
import { answers, rawMessage, statuses, talk } from './raw-client.ts'
import type { RawReply } from './raw-upstream.ts'

let broker: RawBroker
beforeAll(async () => {
  broker = await startRawBroker(() => undefined, {
    broker: { timeouts: { connectMs: 500, firstByteMs: 5_000, idleMs: 5_000, totalMs: 2_000 } },
  })
})
afterAll(async () => {
  expect(await broker.store.verify()).toMatchObject({ ok: true, openHolds: 0, problems: [] })
  await broker.close()
})

const head = (status: string, ...headers: readonly string[]) =>
  [`HTTP/1.1 ${status}`, 'content-type: application/json', 'request-id: req_up', ...headers, '', ''].join('\r\n')
const message = '{"type":"error","error":{"type":"api_error","message":"half'

/** Errors wait in the broker until they are whole, so a cut leaves the client without a byte of them. */
describe('an error answer that is cut before its end is the broker’s own error', () => {
  it.each<[string, RawReply, number, string]>([
    [
      'before the length it announced',
      (socket) => socket.end(head('500 Oops', 'content-length: 900') + message),
      502,
      'upstream_error',
    ],
    [
      'right after its head',
      (socket) => socket.end(head('400 Bad Request', 'content-length: 900')),
      502,
      'upstream_error',
    ],
    [
      'inside a chunk',
      (socket) => socket.end(`${head('529 Overloaded', 'transfer-encoding: chunked')}ffff\r\n${message}`),
      502,
      'upstream_error',
    ],
    [
      'where it is no HTTP any more',
      (socket) => socket.write(`${head('429 Slow', 'retry-after: 7', 'transfer-encoding: chunked')}zz\r\n`),
      502,
      'upstream_error',
    ],
    [
      'by a reset',
      (socket) =>
        socket.write(head('503 Busy', 'content-length: 900') + message, () =>
          setTimeout(() => socket.resetAndDestroy(), 20),
        ),
      502,
      'upstream_error',
    ],
    [
      'inside gzip',
      (socket) => {
        const bytes = gzipSync(message)
        socket.write(head('500 Oops', 'content-encoding: gzip', `content-length: ${bytes.length}`))
        socket.end(bytes.subarray(0, -10))
      },
      502,
      'upstream_error',
    ],
    [
      'by falling silent',
      (socket) => socket.write(head('500 Oops', 'content-length: 900') + message),
      504,
      'upstream_timeout',
    ],
  ])('%s', async (_where, reply, status, code) => {
    await broker.raw.reset(reply)
    const { key, calls } = await broker.oneKey()
    const text = await talk(broker.url, rawMessage({ key }), answers(1))
    expect(statuses(text)).toEqual([status])
    expect(text).toMatch(new RegExp(`\\r\\nvendo-error-code: ${code}\\r\\n`))
    expect(text).not.toMatch(/x-should-retry|retry-after|req_up|half/)
    const body = JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4))
    expect(body).toMatchObject({ type: 'error', error: { type: status === 504 ? 'timeout_error' : 'api_error' } })
    expect(await calls()).toMatchObject([{ upstreamStatus: expect.any(Number), state: 'actual', walletNanos: 0n }])
  })

  it('too large to wait for: its connection is cut, for its head is out', async () => {
    await broker.raw.reset((socket) => socket.end(head('500 Oops', 'content-length: 1900000') + 'x'.repeat(1_100_000)))
    const { key, calls } = await broker.oneKey()
    const text = await talk(broker.url, rawMessage({ key }), answers(1))
    expect(text).toMatch(/^HTTP\/1\.1 500 .*\r\n/)
    expect(text.length).toBeGreaterThan(1_100_000)
    expect(text).not.toContain('vendo-error-code')
    expect(await calls()).toMatchObject([{ upstreamStatus: 500, state: 'actual', walletNanos: 0n }])
  })

  it('a catalog that would be kept: refused likewise, and not kept', async () => {
    const body = '{"data":[]}'
    await broker.raw.reset((socket, _request, index) => {
      if (index === 0 && broker.raw.connections === 1) socket.end(head('200 OK', 'content-length: 900') + body)
      else socket.write(head('200 OK', `content-length: ${body.length}`) + body)
    })
    const { key } = await broker.oneKey()
    const get = rawMessage({ key, line: 'GET /openai/v1/models HTTP/1.1', headers: [], body: '' })
    expect(statuses(await talk(broker.url, get, answers(1)))).toEqual([502])
    expect(await talk(broker.url, get, answers(1))).toContain(body)
  })
})
