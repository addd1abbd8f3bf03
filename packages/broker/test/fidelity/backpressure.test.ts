import type { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anthropicRequest, messageEvents } from '../answers.ts'
import { type OneKey, type RawBroker, rawAnswer, startRawBroker } from './raw-broker.ts'
import { dial, rawMessage } from './raw-client.ts'

const streamHead =
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n'
const megabytes = 1_000_000
const streamBytes = 64 * megabytes
/** What may lie in the sockets of four ends and in the broker: a small part of the stream. */
const mostBuffered = 16 * megabytes

const framed = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`
const comment = framed(`: ${'x'.repeat(65_000)}\n\n`)

/** Writes a stream as fast as the reader lets it, and counts what the reader took. */
const pour = (socket: Socket, progress: { taken: number; blocked: number; done: boolean }) => {
  socket.write(streamHead + messageEvents.slice(0, 2).map(framed).join(''))
  const more = () => {
    while (progress.taken < streamBytes) {
      progress.taken += comment.length
      if (!socket.write(comment)) {
        progress.blocked++
        socket.once('drain', more)
        return
      }
    }
    if (progress.done) return
    progress.done = true
    socket.end(`${messageEvents.slice(2).map(framed).join('')}0\r\n\r\n`)
  }
  more()
}

let broker: RawBroker
let one: OneKey
beforeAll(async () => {
  broker = await startRawBroker(() => undefined)
  one = await broker.oneKey()
})
afterAll(() => broker.close())

/** Resolves when a value has stayed the same for a while: nothing moves any more. */
const settled = async (read: () => number): Promise<number> => {
  for (let before = read(), same = 0; ; ) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    same = read() === before ? same + 1 : 0
    before = read()
    if (same === 10 && before > 0) return before
  }
}

/** Buffers and what else lies outside the JavaScript heap, of the client, the broker and the provider together. */
const memory = () => process.memoryUsage().external

describe('a client that does not read', () => {
  it('stops the provider; when it reads on, it gets every byte', async () => {
    const progress = { taken: 0, blocked: 0, done: false }
    await broker.raw.reset((socket) => pour(socket, progress))
    const before = memory()
    const client = await dial(broker.url)
    client.pause()
    client.write(rawMessage({ key: one.key, body: JSON.stringify(anthropicRequest({ stream: true })) }))
    const taken = await settled(() => progress.taken)
    expect(taken).toBeLessThan(mostBuffered)
    expect(progress.blocked).toBeGreaterThan(0)
    expect(memory() - before).toBeLessThan(mostBuffered)
    let received = 0
    let tail = ''
    client.on('data', (piece) => {
      received += piece.length
      tail = (tail + piece.toString('latin1')).slice(-200)
      if (tail.endsWith('0\r\n\r\n')) client.destroy()
    })
    client.resume()
    await new Promise((resolve) => client.once('close', resolve))
    expect(received).toBeGreaterThan(streamBytes)
    expect(tail).toContain('message_stop')
    expect(await one.calls()).toMatchObject([{ state: 'actual', listNanos: 1_500_000n }])
  })

  it('and then leaves frees the provider', async () => {
    const progress = { taken: 0, blocked: 0, done: false }
    await broker.raw.reset((socket) => pour(socket, progress))
    const left = broker.raw.closed()
    const client = await dial(broker.url)
    client.pause()
    const { key, calls } = await broker.oneKey()
    client.write(rawMessage({ key, body: JSON.stringify(anthropicRequest({ stream: true })) }))
    await settled(() => progress.taken)
    client.destroy()
    await left
    expect(progress.done).toBe(false)
    expect(await calls()).toMatchObject([{ state: 'estimated', reason: 'client_gone' }])
  })
})

describe('a large request', () => {
  const content = 'x'.repeat(31 * megabytes)
  const text = JSON.stringify(anthropicRequest({ messages: [{ role: 'user', content }] }))

  it('of 31 MB passes, with memory bounded by a few copies of it', async () => {
    const rich = await broker.oneKey()
    await broker.store.topUp({
      id: 'top_large',
      tenantId: 'ten_test',
      amountNanos: 1_000_000_000_000n,
      note: '',
      idempotencyKey: null,
    })
    await broker.raw.reset((socket) => socket.write(rawAnswer()))
    const before = memory()
    let most = 0
    const watch = setInterval(() => {
      most = Math.max(most, memory())
    }, 5)
    const answer = await broker.send({
      path: '/anthropic/v1/messages',
      body: text,
      headers: { authorization: `Bearer ${rich.key}`, 'content-type': 'application/json' },
    })
    clearInterval(watch)
    expect(answer.status).toBe(200)
    expect(broker.raw.requests[0]?.endsWith(text)).toBe(true)
    // The client's own copy, the pieces as they come, and the whole: 3.5 were measured.
    expect(most - before).toBeLessThan(5 * text.length)
  })

  it.each([
    ['announced', true],
    ['unannounced', false],
  ])('beyond 32 MB, %s, is refused while it is still being sent', async (_name, announced) => {
    await broker.raw.reset((socket) => socket.write(rawAnswer()))
    const client = await dial(broker.url)
    const framing = announced ? `content-length: ${64 * megabytes}` : 'transfer-encoding: chunked'
    client.write(rawMessage({ key: one.key, headers: [framing], body: '' }))
    const answered = new Promise<string>((resolve) => client.once('data', (bytes) => resolve(bytes.toString('latin1'))))
    client.on('error', () => undefined)
    const piece = announced ? Buffer.alloc(megabytes, 'x') : Buffer.from(framed('x'.repeat(megabytes)))
    let sent = 0
    const more = () => {
      while (!client.destroyed && sent < 40) {
        sent++
        if (!client.write(piece)) return client.once('drain', more)
      }
      return undefined
    }
    more()
    expect(await answered).toMatch(/^HTTP\/1\.1 413 [\s\S]*request_too_large/)
    client.destroy()
    expect(broker.raw.requests).toEqual([])
  })
})

describe('uploads of other kinds are not forwarded yet', () => {
  it.each([
    ['/openai/v1/audio/speech', 'application/json', 404],
    ['/openai/v1/images/edits', 'multipart/form-data; boundary=x', 404],
    ['/anthropic/v1/messages', 'multipart/form-data; boundary=x', 415],
    ['/openai/v1/responses', 'application/x-www-form-urlencoded', 415],
  ])('%s as %s → %i', async (path, type, status) => {
    await broker.raw.reset((socket) => socket.write(rawAnswer()))
    const answer = await broker.send({ path, body: '--x\r\n', headers: { 'content-type': type } })
    const code = status === 404 ? 'route_blocked' : 'unsupported_encoding'
    expect([answer.status, answer.headers['vendo-error-code']]).toEqual([status, code])
    expect(broker.raw.requests).toEqual([])
  })
})
