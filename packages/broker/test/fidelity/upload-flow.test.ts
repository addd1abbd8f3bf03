import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestBroker } from '../harness.ts'
import { dial } from './raw-client.ts'
import {
  fileObject,
  sendJson,
  settled,
  startUploadBroker,
  storeFile,
  type UploadBroker,
  uploadHead,
} from './upload-broker.ts'

/** From the decision to cut until the other side's connection is closed. */
const mostMs = 50
const megabyte = 1_000_000
const wholeBytes = 64 * megabyte
/** What may lie in the sockets of four ends and in the broker: a small part of the upload. */
const mostBuffered = 16 * megabyte
const piece = Buffer.alloc(megabyte, 'x')

let broker: UploadBroker
beforeAll(async () => {
  broker = await startUploadBroker()
})
afterAll(async () => {
  await broker.calls()
  expect(await broker.store.verify()).toMatchObject({ ok: true, openHolds: 0, problems: [] })
  await broker.close()
})
beforeEach(() => broker.reset(storeFile))

/** A client that sends as fast as it is let, and counts what was taken from it. */
interface Sender {
  readonly socket: Socket
  readonly sent: number
  /** All that came back. */
  readonly text: string
  until(text: string): Promise<void>
  readonly closed: Promise<void>
}

const upload = async (key = broker.key, ...headers: readonly string[]): Promise<Sender> => {
  const socket = await dial(broker.url)
  let [sent, text] = [0, '']
  const more = () => {
    while (!socket.destroyed && sent < wholeBytes) {
      sent += piece.length
      if (!socket.write(piece)) return void socket.once('drain', more)
    }
  }
  socket.on('error', () => undefined)
  socket.on('data', (bytes) => {
    text += bytes.toString('latin1')
  })
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.write(uploadHead(key, `content-length: ${wholeBytes}`, ...headers))
  more()
  return {
    socket,
    closed,
    get sent() {
      return sent
    },
    get text() {
      return text
    },
    until: async (wanted) => {
      while (!text.includes(wanted)) await Promise.race([once(socket, 'data'), gone(closed, wanted)])
    },
  }
}

const gone = async (closed: Promise<void>, wanted: string): Promise<never> => {
  await closed
  throw new Error(`The connection closed before ${JSON.stringify(wanted)} came.`)
}

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}

const callsOf = async (id: string) => (await broker.calls()).filter(({ keyId }) => keyId === id)

describe('backpressure', () => {
  it('a provider that does not read stops the client; when it reads on, it gets every byte', async () => {
    const open = Promise.withResolvers<IncomingMessage>()
    broker.reset((message, answer) => {
      open.resolve(message.pause())
      message.once('end', () => sendJson(answer, 200, fileObject))
    })
    const client = await upload()
    const message = await open.promise
    const before = process.memoryUsage().external
    expect(await settled(() => client.sent)).toBeLessThan(mostBuffered)
    expect(process.memoryUsage().external - before).toBeLessThan(mostBuffered)
    let received = 0
    message.on('data', (bytes: Buffer) => {
      received += bytes.length
    })
    message.resume()
    await client.until('file-1')
    expect([client.sent, received]).toEqual([wholeBytes, wholeBytes])
    client.socket.destroy()
  })
})

describe('a client that leaves', () => {
  it.each(['in the middle of its upload', 'before the answer'])('%s ends the call at the provider', async (when) => {
    const { id, key } = await broker.mint()
    let best = Number.POSITIVE_INFINITY
    for (let round = 0; round < 3; round++) {
      const cut = Promise.withResolvers<void>()
      const whole = Promise.withResolvers<void>()
      broker.reset((message, answer) => {
        answer.once('close', () => cut.resolve())
        message.once('error', () => undefined)
        message.once('end', () => whole.resolve())
        message.resume()
      })
      const client = await upload(key)
      if (when === 'before the answer') await whole.promise
      else await until(() => broker.heads.length === 1)
      const at = performance.now()
      client.socket.destroy()
      await cut.promise
      best = Math.min(best, performance.now() - at)
    }
    expect(best).toBeLessThan(mostMs)
    const calls = await callsOf(id)
    expect(calls).toHaveLength(3)
    for (const call of calls) expect(call).toMatchObject({ state: 'actual', upstreamStatus: null, walletNanos: 0n })
  })
})

describe('a provider that answers before the upload is whole', () => {
  it.each(['keep-alive', 'close'])('its refusal reaches a client that is still sending (%s)', async (connection) => {
    const { id, key } = await broker.mint()
    const refusal = { error: { message: 'too large', type: 'invalid_request_error', code: null, param: null } }
    broker.reset((_message, answer) => sendJson(answer, 413, refusal))
    const client = await upload(key, `connection: ${connection}`)
    await client.until('too large')
    expect(client.text).toMatch(/^HTTP\/1\.1 413 /)
    expect(client.text).not.toMatch(/vendo-error-code/i)
    // What it still sends is read and dropped, so that no reset overtakes the answer.
    await until(() => client.sent === wholeBytes)
    expect(broker.heads).toHaveLength(1)
    expect(await callsOf(id)).toMatchObject([{ state: 'actual', upstreamStatus: 413 }])
    if (connection === 'close') await client.closed
    else client.socket.destroy()
  })

  it('and reads on: both directions flow at the same time', async () => {
    let received = 0
    broker.reset((message, answer) => {
      answer.writeHead(200, { 'content-type': 'text/plain' })
      answer.write('so far so good')
      message.on('data', (bytes: Buffer) => {
        received += bytes.length
      })
      message.once('end', () => answer.end('that was all'))
    })
    const client = await upload()
    await client.until('so far so good')
    await client.until('that was all')
    expect(received).toBe(wholeBytes)
    client.socket.destroy()
  })
})

describe('a provider that dies', () => {
  it('in the middle of an upload: 502 for a client that is still sending, and no second try', async () => {
    const { id, key } = await broker.mint()
    broker.reset((message) => {
      message.once('data', () => message.socket.resetAndDestroy())
      message.once('error', () => undefined)
    })
    const client = await upload(key)
    await client.until('upstream_error')
    expect(client.text).toMatch(/^HTTP\/1\.1 502 /)
    expect(broker.heads).toHaveLength(1)
    expect(await callsOf(id)).toMatchObject([{ state: 'actual', upstreamStatus: null }])
    client.socket.destroy()
  })
})

describe('a provider that cannot be reached at first', () => {
  it('gets the whole upload with the second try: none of it was read before', async () => {
    let holds = 0
    let received = 0
    const provider: Server = createServer((socket) => {
      socket.on('data', (bytes) => {
        received += bytes.length
        if (bytes.subarray(-5).toString() === 'world') {
          socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nok')
        }
      })
    })
    const port = await freePort()
    const flaky = await startTestBroker({
      profile: 'byok_static',
      script: [],
      broker: { upstreamOrigins: { openai: `http://127.0.0.1:${port}` } },
      seenByBroker: (store) => ({
        ...store,
        hold: async (request) => {
          if (++holds === 2) await once(provider.listen(port, '127.0.0.1'), 'listening')
          return store.hold(request)
        },
      }),
    })
    const answer = await flaky.send({ path: '/openai/v1/files', body: 'hello world' })
    expect([answer.status, answer.text, holds]).toEqual([200, 'ok', 2])
    expect(received).toBeGreaterThan('hello world'.length)
    const calls = await flaky.calls()
    expect(calls.map(({ state }) => state).sort()).toEqual(['actual', 'released'])
    await flaky.close()
    provider.close()
  })
})

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
