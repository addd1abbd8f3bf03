import { EventEmitter, once } from 'node:events'
import { IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createNodeServer, defaultServerTimeouts, type NodeServer } from './node-server.ts'
import { CountedResponse, maxWaitingRequests } from './sockets/bound-requests.ts'

let server: NodeServer | undefined
afterEach(async () => {
  server?.closeConnections()
  await server?.stop()
})

/** A server that answers nothing by itself, and what it was asked. */
const start = async (maxConnections?: number) => {
  const waiting: ServerResponse[] = []
  const requests = new EventEmitter()
  const listener = (_message: IncomingMessage, answer: ServerResponse) => {
    waiting.push(answer)
    requests.emit('arrived')
  }
  server = createNodeServer(listener, defaultServerTimeouts, maxConnections)
  const { port } = await server.listen({ port: 0 })
  return { waiting, dial: () => dial(port), arrived: () => once(requests, 'arrived') }
}

const dial = (port: number) =>
  new Promise<{ socket: Socket; text: () => string; closed: Promise<void> }>((resolve) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => resolve({ socket, text: () => text, closed }))
    socket.on('error', () => undefined)
    socket.on('data', (piece) => {
      text += piece.toString('latin1')
    })
    const closed = new Promise<void>((gone) => socket.once('close', () => gone()))
  })

const get = 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'
const kinds = {
  plain: get,
  'with a body': 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc',
  'in chunks': 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
  'that wait with a body': 'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc',
  'with an unknown expectation': 'GET / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n',
}

describe('pipelined requests', () => {
  it.each(Object.entries(kinds))('%s: a socket with more than four waiting ones is closed', async (_kind, request) => {
    const { waiting, dial } = await start()
    const { socket, closed } = await dial()
    socket.write(get + request.repeat(20_000))
    await closed
    // Of the first only, because none of the others has had its turn.
    expect(waiting).toHaveLength(1)
  })

  it('are not parsed beyond those that may wait, even where one read brought them all', async () => {
    const { dial } = await start()
    const { socket, closed } = await dial()
    const made = vi.spyOn(CountedResponse.prototype, 'assignSocket')
    const heads = vi.spyOn(IncomingMessage.prototype as unknown as { _addHeaderLines(): void }, '_addHeaderLines')
    socket.write(get.repeat(1_500))
    await closed
    expect(made).toHaveBeenCalledTimes(1)
    expect(heads.mock.calls.length).toBeLessThanOrEqual(maxWaitingRequests + 2)
    vi.restoreAllMocks()
  })

  it.each([1, 2, 4, 1 + maxWaitingRequests])('%d at once are answered in order', async (count) => {
    const { waiting, dial } = await start()
    const { socket, text } = await dial()
    socket.write(get.repeat(count))
    for (let number = 0; number < count; number++) {
      await expect.poll(() => waiting.length).toBe(number + 1)
      waiting[number]?.end(`answer ${number};`)
    }
    await expect.poll(text).toContain(`answer ${count - 1};`)
    expect([...text().matchAll(/answer (\d);/g)].map(([, number]) => Number(number))).toEqual([...Array(count).keys()])
    expect(socket.destroyed).toBe(false)
  })

  it('behind the offer of an upgrade are dropped by the parser, and none waits', async () => {
    const { waiting, dial } = await start()
    const { socket } = await dial()
    const offer = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n'
    await new Promise((written) => socket.write(offer.repeat(20_000), written))
    await expect.poll(() => waiting.length).toBe(1)
    const next = new Promise((answered) => socket.once('data', answered))
    waiting[0]?.end('done')
    await next
    expect(waiting).toHaveLength(1)
  })

  it('any number one after the other are answered on one connection', async () => {
    const { waiting, dial } = await start()
    const { socket, text } = await dial()
    for (let number = 0; number < 20; number++) {
      socket.write(get)
      await expect.poll(() => waiting.length).toBe(number + 1)
      waiting[number]?.end(`answer ${number};`)
      await expect.poll(text).toContain(`answer ${number};`)
    }
  })
})

describe('a head', () => {
  it.each([
    ['of more than 16 kB', 17_000],
    ['of much more than one read', 300_000],
  ])('%s is refused with a clear 431', async (_size, bytes) => {
    const { waiting, dial } = await start()
    const { socket, text, closed } = await dial()
    socket.write(`GET / HTTP/1.1\r\nHost: a\r\nX-A: ${'b'.repeat(bytes)}\r\n\r\n`)
    await closed
    expect(text()).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/)
    expect(text()).toContain('larger than 16 kB')
    expect(waiting).toHaveLength(0)
  })

  it('of 15 kB is taken', async () => {
    const { waiting, dial } = await start()
    const { socket } = await dial()
    socket.write(`GET / HTTP/1.1\r\nHost: a\r\nX-A: ${'b'.repeat(15_000)}\r\n\r\n`)
    await expect.poll(() => waiting.length).toBe(1)
  })
})

it('an address has a limit of open connections, and gets room again when one closes', async () => {
  const { waiting, dial, arrived } = await start(2)
  const [first] = [await dial(), await dial()]
  await (await dial()).closed
  first.socket.destroy()
  await first.closed
  // The server hears of the end at its own time: until then a new connection is closed, after it one is answered.
  const asked = async () => {
    const { socket, closed } = await dial()
    const refused = closed.then(() => false)
    socket.write(get)
    return Promise.race([refused, arrived().then(() => true)])
  }
  while (!(await asked()));
  expect(waiting).toHaveLength(1)
})
