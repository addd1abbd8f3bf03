import type { Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { anthropicRequest, messageEvents } from '../answers.ts'
import type { TestBrokerOptions } from '../harness.ts'
import { type RawBroker, rawAnswer, startRawBroker } from './raw-broker.ts'
import { dial, rawMessage, statuses, talk } from './raw-client.ts'
import type { RawReply } from './raw-upstream.ts'

let broker: RawBroker
const start = async (reply: RawReply, options: TestBrokerOptions['broker'] = {}) => {
  broker = await startRawBroker(reply, { broker: options })
  return broker
}

const path = '/anthropic/v1/messages'
const far = 60_000
const streamHead = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n'
const firstEvent = `${(messageEvents[0] as string).length.toString(16)}\r\n${messageEvents[0]}\r\n`
const patience = { connectMs: far, firstByteMs: far, idleMs: far, totalMs: far }

describe('a silent provider', () => {
  afterEach(() => broker.close())

  it('before its head: firstByteMs', async () => {
    await start(() => undefined, { timeouts: { ...patience, firstByteMs: 100 } })
    const answer = await broker.send({ path, json: anthropicRequest() })
    expect([answer.status, answer.headers['vendo-error-code']]).toEqual([504, 'upstream_timeout'])
    expect(await broker.calls()).toMatchObject([{ state: 'estimated', reason: 'timeout' }])
  })

  it('inside a stream: idleMs', async () => {
    await start((socket) => socket.write(streamHead + firstEvent), { timeouts: { ...patience, idleMs: 100 } })
    const answer = await broker.send({ path, json: anthropicRequest({ stream: true }) })
    expect([answer.status, answer.complete]).toEqual([200, false])
    expect(answer.text).toMatch(/\n\nevent: error\n.*fell silent/)
    expect(await broker.calls()).toMatchObject([{ state: 'estimated', reason: 'timeout' }])
  })

  it('idleMs does not run while the client is the slow one', async () => {
    const large = 'x'.repeat(8_000_000)
    await start((socket) => socket.write(rawAnswer([], large)), { timeouts: { ...patience, idleMs: 100 } })
    const client = await dial(broker.url)
    client.pause()
    client.write(rawMessage({ key: broker.key }))
    await new Promise((resolve) => setTimeout(resolve, 400))
    let received = 0
    client.on('data', (piece) => {
      received += piece.length
      if (received > large.length) client.destroy()
    })
    client.resume()
    await new Promise((resolve) => client.once('close', resolve))
    expect(received).toBeGreaterThan(large.length)
  })

  it('that trickles for ever: totalMs', async () => {
    let trickle: NodeJS.Timeout | undefined
    const reply: RawReply = (socket) => {
      socket.write(streamHead + firstEvent)
      trickle = setInterval(() => socket.write('3\r\n:\n\n\r\n'), 10)
    }
    await start(reply, { timeouts: { ...patience, totalMs: 150 } })
    const answer = await broker.send({ path, json: anthropicRequest({ stream: true }) })
    clearInterval(trickle)
    expect(answer.complete).toBe(false)
    expect(await broker.calls()).toMatchObject([{ state: 'estimated', reason: 'timeout' }])
  })

  it('that accepts no connection: connectMs, nothing charged', async () => {
    const deaf = await startDeafServer()
    await start(() => undefined, {
      timeouts: { ...patience, connectMs: 50 },
      upstreamOrigins: { anthropic: deaf.origin },
    })
    const answer = await broker.send({ path, json: anthropicRequest() })
    expect([answer.status, answer.headers['vendo-error-code']]).toEqual([502, 'upstream_error'])
    const calls = await broker.calls()
    expect(calls.map(({ state, walletNanos }) => [state, walletNanos])).toEqual([
      ['released', 0n],
      ['released', 0n],
    ])
    await deaf.close()
  })
})

describe('a silent client', () => {
  beforeAll(() => start(() => undefined, { serverTimeouts: { headMs: 100, requestMs: 300, idleMs: 50 } }))
  beforeEach(() => broker.raw.reset((socket) => socket.write(rawAnswer())))
  afterAll(() => broker.close())

  const whole = () => rawMessage({ key: broker.key })

  it.each([
    ['that sends nothing at all', () => '', [408]],
    ['that never ends its head', () => whole().slice(0, 80), [408]],
    ['that never ends its body', () => whole().slice(0, -5), [408]],
    ['that sends no second request', whole, [200]],
  ])('%s is disconnected', async (_name, bytes, expected) => {
    expect(statuses(await talk(broker.url, bytes()))).toEqual(expected)
    expect(broker.raw.requests).toHaveLength(expected.includes(200) ? 1 : 0)
  })

  it('that trickles its head, byte by byte, is disconnected all the same', async () => {
    const client = await dial(broker.url)
    client.on('error', () => undefined)
    const bytes = rawMessage({ key: broker.key, headers: [`x-long: ${'x'.repeat(10_000)}`] })
    let sent = 0
    const trickle = setInterval(() => client.write(bytes[sent++] ?? ''), 5)
    client.resume()
    await new Promise((resolve) => client.once('close', resolve))
    clearInterval(trickle)
    expect(sent).toBeLessThan(bytes.length)
    expect(broker.raw.requests).toEqual([])
  })

  it('is not taken for one while the provider thinks', async () => {
    await broker.raw.reset((socket) => setTimeout(() => socket.write(rawAnswer()), 500))
    expect((await broker.send({ path, json: anthropicRequest() })).status).toBe(200)
  })
})

/** A port whose owner is busy for ever: its queue is full, and no further connection is ever made. */
const startDeafServer = async () => {
  const worker = new Worker(
    `const { createServer } = require('node:net'); const { parentPort } = require('node:worker_threads')
     const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
       parentPort.postMessage(server.address().port)
       setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0))
     })`,
    { eval: true },
  )
  const port = await new Promise<number>((resolve) => worker.once('message', resolve))
  const origin = `http://127.0.0.1:${port}`
  const callers: Socket[] = []
  for (;;) {
    const dialling = dial(origin)
    const made = await Promise.race([
      dialling,
      new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 100)),
    ])
    if (made === undefined) break
    callers.push(made)
  }
  return {
    origin,
    close: async () => {
      for (const caller of callers) caller.destroy()
      await worker.terminate()
    },
  }
}
