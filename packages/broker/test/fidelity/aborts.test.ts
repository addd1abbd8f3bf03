import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anthropicRequest, messageEvents } from '../answers.ts'
import { type RawBroker, rawAnswer, startRawBroker } from './raw-broker.ts'
import { dial, rawMessage } from './raw-client.ts'

/** From the decision to cut until the other side's connection is closed. */
const mostMs = 50

let broker: RawBroker
beforeAll(async () => {
  broker = await startRawBroker(() => undefined, { broker: { drain: { mostMs: 0 } } })
})
afterAll(() => broker.close())

const chunk = (text: string | Buffer) =>
  Buffer.concat([Buffer.from(`${text.length.toString(16)}\r\n`), Buffer.from(text), Buffer.from('\r\n')])
const streamHead = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n'
const chunkedHead = `${streamHead}transfer-encoding: chunked\r\n\r\n`
const events = (count: number) => messageEvents.slice(0, count).join('')

const streamRequest = (key: string) => rawMessage({ key, body: JSON.stringify(anthropicRequest({ stream: true })) })
const closed = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()))
const received = (socket: Socket, text: string) =>
  new Promise<void>((resolve) => {
    let all = ''
    socket.on('data', (bytes) => {
      all += bytes.toString('latin1')
      if (all.includes(text)) resolve()
    })
  })

const attempts = 3

/** The best of {@link attempts}: another process on a busy machine may take the processor for longer than the broker takes. */
const fastest = async (measure: () => Promise<number>): Promise<number> =>
  Math.min(await measure(), await measure(), await measure())

describe('a client that leaves', () => {
  it.each<[string, (socket: Socket) => void, string | undefined]>([
    ['before the answer’s head', () => undefined, undefined],
    [
      'inside a stream',
      (socket) => socket.write(Buffer.concat([Buffer.from(chunkedHead), chunk(events(2))])),
      'content_block_start',
    ],
    ['inside a JSON answer', (socket) => socket.write(rawAnswer().slice(0, -40)), 'Hello.'],
  ])('%s: the provider’s connection is closed at once, and the call settled', async (_when, reply, seen) => {
    const { key, calls } = await broker.oneKey()
    const took = await fastest(async () => {
      await broker.raw.reset(reply)
      const client = await dial(broker.url)
      client.write(streamRequest(key))
      if (seen === undefined) while (broker.raw.requests.length === 0) await new Promise(setImmediate)
      else await received(client, seen)
      const over = broker.raw.closed()
      const at = performance.now()
      client.destroy()
      await over
      return performance.now() - at
    })
    expect(took).toBeLessThan(mostMs)
    expect(await calls()).toMatchObject(Array(attempts).fill({ state: 'estimated', reason: 'client_gone' }))
  })

  it('after its head, or inside its body: nothing is held, and nothing waits for the rest', async () => {
    const { key, calls } = await broker.oneKey()
    await broker.raw.reset(() => undefined)
    const request = streamRequest(key)
    for (const length of [request.indexOf('\r\n\r\n') + 4, request.length - 5]) {
      for (const leave of ['destroy', 'resetAndDestroy'] as const) {
        const client = await dial(broker.url)
        await new Promise((resolve) => client.write(request.slice(0, length), resolve))
        const over = closed(client)
        client[leave]()
        await over
      }
    }
    expect(await calls()).toEqual([])
    expect(broker.raw.requests).toEqual([])
  })
})

describe('a provider that dies', () => {
  const gzipped = gzipSync(events(5))
  it.each<[string, (socket: Socket) => void]>([
    ['between two events', (socket) => socket.end(Buffer.concat([Buffer.from(chunkedHead), chunk(events(3))]))],
    [
      'inside an event',
      (socket) => socket.end(Buffer.concat([Buffer.from(chunkedHead), chunk(events(3).slice(0, -30))])),
    ],
    ['inside a chunk', (socket) => socket.end(`${chunkedHead}ffff\r\n${events(3)}`)],
    [
      'by a reset',
      (socket) =>
        socket.write(Buffer.concat([Buffer.from(chunkedHead), chunk(events(3))]), () =>
          setTimeout(() => socket.resetAndDestroy(), 20),
        ),
    ],
    [
      'in a stream that its close would end',
      (socket) => socket.end(`${streamHead}connection: close\r\n\r\n${events(3)}`),
    ],
    [
      'before the length it announced',
      (socket) => socket.end(`${streamHead}content-length: 90000\r\n\r\n${events(3)}`),
    ],
    [
      'inside gzip',
      (socket) =>
        socket.end(
          Buffer.concat([
            Buffer.from(`${streamHead}content-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n`),
            chunk(gzipped.subarray(0, -20)),
          ]),
        ),
    ],
    ['inside a JSON answer', (socket) => socket.end(rawAnswer().slice(0, -40))],
    ['inside an answer that is no HTTP any more', (socket) => socket.write(`${chunkedHead}zz\r\n`)],
  ])('%s: the client’s connection is cut, without a clean end', async (_where, reply) => {
    const { key, calls } = await broker.oneKey()
    const took = await fastest(async () => {
      let at = 0
      await broker.raw.reset((socket) => {
        socket.once('close', () => {
          at = performance.now()
        })
        reply(socket)
      })
      const client = await dial(broker.url)
      let text = ''
      client.on('error', () => undefined)
      client.on('data', (bytes) => {
        text += bytes.toString('latin1')
      })
      client.write(streamRequest(key))
      await closed(client)
      expect(text).toMatch(/^HTTP\/1\.1 200 OK/)
      expect(text).not.toMatch(/0\r\n\r\n$/)
      return at === 0 ? 0 : performance.now() - at
    })
    expect(took).toBeLessThan(mostMs)
    expect(await calls()).toMatchObject(Array(attempts).fill({ state: 'estimated', reason: 'upstream_died' }))
  })

  it('a stream that its close ends, after its last event, is whole', async () => {
    const { key, calls } = await broker.oneKey()
    await broker.raw.reset((socket) => socket.end(`${streamHead}connection: close\r\n\r\n${events(5)}`))
    const client = await dial(broker.url)
    const whole = received(client, '\r\n0\r\n\r\n')
    client.write(streamRequest(key))
    await whole
    client.destroy()
    expect(await calls()).toMatchObject([{ state: 'actual' }])
  })

  it('a client of HTTP/1.0, for which a close is an end, gets a reset', async () => {
    await broker.raw.reset((socket) => socket.end(Buffer.concat([Buffer.from(chunkedHead), chunk(events(3))])))
    const client = await dial(broker.url)
    const failed = new Promise<string>((resolve) => {
      client.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
      client.once('end', () => resolve('a clean end'))
    })
    client.resume()
    client.write(streamRequest(broker.key).replace('HTTP/1.1', 'HTTP/1.0'))
    expect(await failed).toBe('ECONNRESET')
  })
})
