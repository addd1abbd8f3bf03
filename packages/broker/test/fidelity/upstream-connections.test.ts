import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { UpstreamTimedOut } from '../../src/egress/upstream-call.ts'
import { createUpstreamPools, type UpstreamPools } from '../../src/egress/upstream-pools.ts'
import { rawAnswer } from './raw-broker.ts'
import { type RawReply, type RawUpstream, startRawUpstream } from './raw-upstream.ts'
import { type SentCall, sendUpstream } from './upstream-client.ts'

const far = 60_000
const patience = { connectMs: far, firstByteMs: far, idleMs: far, totalMs: far }

let upstream: RawUpstream
let pools: UpstreamPools
let origin: string
beforeAll(async () => {
  upstream = await startRawUpstream(() => undefined)
  origin = upstream.origin
})
beforeEach(() => {
  pools = createUpstreamPools([origin], patience)
})
afterEach(async () => {
  vi.useRealTimers()
  await pools.close()
})
afterAll(() => upstream.close())

const ok: RawReply = (socket) => socket.write(rawAnswer([], 'ok'))
const send = (request = {}) => sendUpstream(pools, { origin, ...request })
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}

it('a call is told once what became of it, in order', async () => {
  await upstream.reset(ok)
  expect(await send().ended).toEqual({
    events: ['dispatch', 'start', 'head', 'data', 'end'],
    status: 200,
    body: 'ok',
    error: undefined,
  })
  expect(upstream.requests[0]).toBe(
    `POST /v1 HTTP/1.1\r\nhost: ${new URL(origin).host}\r\nconnection: keep-alive\r\nx-a: b\r\ncontent-length: 5\r\n\r\nhello`,
  )
})

it('a body too large for one write with its head is whole', async () => {
  await upstream.reset(ok)
  const body = Buffer.alloc(200_000, 'abc')
  expect((await send({ body }).ended).status).toBe(200)
  expect(upstream.requests[0]?.endsWith(`content-length: 200000\r\n\r\n${body.toString()}`)).toBe(true)
})

describe('a connection', () => {
  it('is used again, and several serve what comes at once', async () => {
    const waiting: Socket[] = []
    await upstream.reset((socket) => waiting.push(socket))
    const first = [send(), send(), send()]
    await until(() => waiting.length === 3)
    for (const socket of waiting.splice(0)) ok(socket, '', 0)
    for (const { ended } of first) expect((await ended).body).toBe('ok')
    const second = [send(), send()]
    await until(() => waiting.length === 2)
    for (const socket of waiting.splice(0)) ok(socket, '', 0)
    for (const { ended } of second) expect((await ended).body).toBe('ok')
    expect(upstream.connections).toBe(3)
  })

  it('that was used last is used next', async () => {
    const waiting: Socket[] = []
    await upstream.reset((socket) => waiting.push(socket))
    const [one, two] = [send(), send()]
    await until(() => waiting.length === 2)
    const [first, last] = waiting.splice(0) as [Socket, Socket]
    ok(first, '', 0)
    await Promise.race([one.ended, two.ended])
    ok(last, '', 0)
    await Promise.all([one.ended, two.ended])
    for (let call = 0; call < 3; call++) {
      const { ended } = send()
      await until(() => waiting.length === 1)
      expect(waiting[0]).toBe(last)
      for (const socket of waiting.splice(0)) ok(socket, '', 0)
      await ended
    }
  })

  it.each<[string, RawReply]>([
    ['after connection: close', (socket) => socket.write(rawAnswer(['connection: close'], 'ok'))],
    ['of HTTP/1.0', (socket) => socket.write(rawAnswer([], 'ok').replace('1.1', '1.0'))],
    ['after Keep-Alive: timeout=1', (socket) => socket.write(rawAnswer(['keep-alive: timeout=1'], 'ok'))],
    ['with bytes behind the answer', (socket) => socket.write(`${rawAnswer([], 'ok')}\r\n`)],
    ['that is closed behind it', (socket) => socket.end(rawAnswer([], 'ok'))],
  ])('%s is not used again', async (_name, reply) => {
    await upstream.reset(reply)
    for (let call = 0; call < 2; call++) {
      const gone = upstream.closed()
      expect((await send().ended).body).toBe('ok')
      await gone
    }
    expect(upstream.connections).toBe(2)
  })

  it.each([
    ['GET with a body', { method: 'GET' }],
    ['DELETE with a body', { method: 'DELETE' }],
  ])('%s is not used again', async (_name, request) => {
    await upstream.reset(ok)
    for (let call = 0; call < 2; call++) expect((await send(request).ended).body).toBe('ok')
    expect(upstream.connections).toBe(2)
  })

  it.each([
    ['30 s', [], 29_000, 31_000],
    ['as long as Keep-Alive says, less a second', ['keep-alive: timeout=10'], 8_000, 9_500],
    ['30 s, whatever longer time Keep-Alive says', ['keep-alive: timeout=600'], 29_000, 31_000],
  ])('is kept for %s', async (_name, headers, stillMs, goneMs) => {
    await upstream.reset((socket) => socket.write(rawAnswer(headers, 'ok')))
    vi.useFakeTimers({ toFake: ['Date'] })
    await send().ended
    vi.setSystemTime(Date.now() + stillMs)
    await send().ended
    expect(upstream.connections).toBe(1)
    vi.setSystemTime(Date.now() + goneMs)
    expect((await send().ended).body).toBe('ok')
    expect(upstream.connections).toBe(2)
  })

  it('that nobody needs is closed, not only left alone', async () => {
    await upstream.reset(ok)
    vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] })
    pools = createUpstreamPools([origin], patience)
    await send().ended
    const gone = upstream.closed()
    vi.advanceTimersByTime(36_000)
    await gone
  })

  it('that died while it was idle is not used: another one is', async () => {
    let last: Socket | undefined
    await upstream.reset((socket) => {
      last = socket
      ok(socket, '', 0)
    })
    await send().ended
    const { ended } = await sendInTheTurnOf(() => last?.resetAndDestroy())
    expect((await ended).events).toEqual(['dispatch', 'start', 'head', 'data', 'end'])
    expect(upstream.connections).toBe(2)
  })

  it('on which an answer came that nobody asked for is not used: it would be taken for the next one', async () => {
    let last: Socket | undefined
    await upstream.reset((socket) => {
      last = socket
      ok(socket, '', 0)
    })
    await send().ended
    const { ended } = await sendInTheTurnOf(() => last?.write(rawAnswer([], 'forged')))
    expect((await ended).body).toBe('ok')
    expect(upstream.connections).toBe(2)
  })
})

/** Sends a call in the turn of the event loop in which the network brings what the provider did, and just before it. */
const sendInTheTurnOf = async (act: () => unknown) => {
  const bell = createServer()
  bell.listen(0, '127.0.0.1')
  await once(bell, 'listening')
  const rung = once(bell, 'connection')
  const listener = connect((bell.address() as AddressInfo).port, '127.0.0.1')
  const [ringer] = (await rung) as [Socket]
  const sent = new Promise<SentCall>((resolve) => listener.once('data', () => resolve(send())))
  ringer.write('!')
  act()
  const call = await sent
  ringer.destroy()
  bell.close()
  return call
}

describe('an answer that comes early', () => {
  it('ends the request’s body, and the connection', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => socket.write(rawAnswer([], 'too large')))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const early = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    pools = createUpstreamPools([early], patience)
    const connected = once(server, 'connection')
    const body = new Readable({ read: () => setImmediate(() => body.push(Buffer.alloc(1_000))) })
    const { ended } = send({ origin: early, body, bodyLength: 1_000_000_000 })
    const [socket] = await connected
    const gone = once(socket, 'close')
    expect(await ended).toMatchObject({ body: 'too large', error: undefined })
    expect(body.destroyed).toBe(true)
    socket.resume()
    await gone
    server.close()
  })
})

describe('a streamed body', () => {
  it('that is shorter than announced cuts the call', async () => {
    await upstream.reset(ok)
    const { error } = await send({ body: Readable.from([Buffer.from('abc')]), bodyLength: 5 }).ended
    expect(error?.message).toMatch(/shorter/)
    expect(upstream.requests).toEqual([])
  })

  it('that is longer than announced cuts the call, and nothing of the surplus is sent', async () => {
    await upstream.reset(() => undefined)
    const { error } = await send({ body: Readable.from([Buffer.from('abc'), Buffer.from('def')]), bodyLength: 5 }).ended
    expect(error?.message).toMatch(/longer/)
    expect(upstream.requests).toEqual([])
  })

  it('that breaks cuts the call with its reason', async () => {
    await upstream.reset(() => undefined)
    const body = new Readable({ read: () => undefined })
    const { ended } = send({ body })
    const reason = new Error('the client left')
    await until(() => upstream.connections === 1)
    body.destroy(reason)
    expect((await ended).error).toBe(reason)
  })

  it('that broke before there was a connection cuts the call', async () => {
    await upstream.reset(() => undefined)
    const body = new Readable({ read: () => undefined })
    body.on('error', () => undefined)
    const { ended } = send({ body })
    const reason = new Error('the client left')
    body.destroy(reason)
    expect((await ended).error).toBe(reason)
  })
})

describe('an abort', () => {
  const reason = new Error('cut')
  it.each([
    ['before there is a connection', 0, ['dispatch', 'error']],
    ['before the head', 1, ['dispatch', 'start', 'error']],
    ['inside the body', 2, ['dispatch', 'start', 'head', 'data', 'error']],
  ])('%s', async (_when, stage, events) => {
    await upstream.reset((socket) => {
      if (stage === 2) socket.write(rawAnswer([], 'ok').slice(0, -1))
    })
    const sent = send()
    const gone = upstream.closed()
    if (stage > 0) await until(() => upstream.requests.length === 1)
    if (stage > 1) await until(() => sent.received > 0)
    sent.call.abort(reason)
    sent.call.abort(new Error('too late'))
    expect(await sent.ended).toMatchObject({ events, error: reason })
    if (stage > 0) await gone
  })

  it('while a connection is about to be used leaves it to others', async () => {
    await upstream.reset(ok)
    await send().ended
    const sent = send()
    sent.call.abort(reason)
    expect(await sent.ended).toMatchObject({ events: ['dispatch', 'error'], error: reason })
    await new Promise((resolve) => setImmediate(resolve))
    expect((await send().ended).body).toBe('ok')
    expect([upstream.connections, upstream.requests.length]).toEqual([1, 2])
  })

  it('of a call whose connection dies meanwhile sends nothing', async () => {
    let last: Socket | undefined
    await upstream.reset((socket) => {
      last = socket
      ok(socket, '', 0)
    })
    await send().ended
    last?.destroy()
    const sent = send()
    sent.call.abort(reason)
    await sent.ended
    await new Promise((resolve) => setImmediate(resolve))
    expect(upstream.requests).toHaveLength(1)
  })
})

describe('silence', () => {
  const timed = (timeouts: Partial<typeof patience>) => {
    pools = createUpstreamPools([origin], { ...patience, ...timeouts })
  }

  it('of the provider ends the call', async () => {
    await upstream.reset(() => undefined)
    timed({ firstByteMs: 50 })
    expect((await send().ended).error).toBeInstanceOf(UpstreamTimedOut)
  })

  it('of a client that uploads does not', async () => {
    await upstream.reset(ok)
    timed({ firstByteMs: 50 })
    const body = new Readable({ read: () => undefined })
    const { ended } = send({ body, bodyLength: 3 })
    await new Promise((resolve) => setTimeout(resolve, 200))
    body.push('abc')
    body.push(null)
    expect((await ended).body).toBe('ok')
  })

  it('of the provider after such an upload does again', async () => {
    await upstream.reset(() => undefined)
    timed({ firstByteMs: 50 })
    const body = new Readable({ read: () => undefined })
    const { ended } = send({ body, bodyLength: 3 })
    await new Promise((resolve) => setTimeout(resolve, 150))
    body.push('abc')
    body.push(null)
    expect((await ended).error).toBeInstanceOf(UpstreamTimedOut)
  })

  it('of a client that does not read does not, and of the provider after it does again', async () => {
    await upstream.reset((socket) => socket.write(rawAnswer([], 'x'.repeat(50)).slice(0, -1)))
    timed({ idleMs: 50 })
    const sent = send()
    await until(() => sent.received > 0)
    sent.call.pause()
    let over = false
    void sent.ended.then(() => (over = true))
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(over).toBe(false)
    sent.call.resume()
    expect((await sent.ended).error).toBeInstanceOf(UpstreamTimedOut)
  })
})

it('a paused call reads no further, and goes on where it was', async () => {
  const large = Buffer.alloc(32_000_000, 'abcdefgh').toString()
  let provider: Socket | undefined
  await upstream.reset((socket) => {
    provider = socket
    socket.write(rawAnswer([], large))
  })
  const sent = send()
  await until(() => sent.received > 0)
  sent.call.pause()
  const before = sent.received
  await until(() => provider?.writableNeedDrain === true)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(sent.received).toBe(before)
  // One turn of the event loop may read a few megabytes.
  expect(before).toBeLessThan(large.length)
  sent.call.resume()
  const { body } = await sent.ended
  expect(body === large).toBe(true)
})

describe('close', () => {
  it('ends calls under way, and what comes after it is never sent', async () => {
    await upstream.reset(ok)
    await send().ended
    await upstream.reset(() => undefined)
    const running = send()
    await until(() => upstream.requests.length === 1)
    const dialling = send()
    await pools.close()
    const late = send()
    for (const { ended } of [running, dialling, late]) expect((await ended).error?.name).toBe('UpstreamBroke')
    expect((await late.ended).events).toEqual(['dispatch', 'error'])
    expect(upstream.requests).toHaveLength(1)
  })
})

it('a request that cannot be written is refused before a connection is made', async () => {
  await upstream.reset(ok)
  const { error, events } = await send({ headers: ['x-api-key', 'a\r\nx-b: c'] }).ended
  expect([error?.name, events]).toEqual(['TypeError', ['error']])
  expect(upstream.connections).toBe(0)
})

it('an origin that was not announced is never reached', () => {
  expect(() => send({ origin: 'http://127.0.0.1:1' })).toThrow(/No upstream/)
})
