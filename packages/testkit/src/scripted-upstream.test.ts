import { type IncomingMessage, request } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { createBarrier } from './barrier.ts'
import { type ContentEncoding, decodeContent } from './content-encoding.ts'
import { eventStreamAnswer, htmlAnswer, jsonAnswer, neverAnswer, redirectAnswer } from './scripted-answer.ts'
import { type ScriptedUpstream, startScriptedUpstream, type UpstreamScript } from './scripted-upstream.ts'

const running: ScriptedUpstream[] = []

const start = async (script: UpstreamScript): Promise<ScriptedUpstream> => {
  const upstream = await startScriptedUpstream(script)
  running.push(upstream)
  return upstream
}

afterEach(async () => {
  for (const upstream of running.splice(0)) await upstream.close()
})

const open = (origin: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    request(origin, resolve).on('error', reject).end()
  })

/** The chunks as they arrived, and whether the body ended cleanly. */
const readChunks = (message: IncomingMessage): Promise<{ chunks: string[]; clean: boolean }> =>
  new Promise((resolve) => {
    const chunks: string[] = []
    message.on('data', (chunk) => chunks.push(String(chunk)))
    message.on('error', () => undefined)
    message.on('close', () => resolve({ chunks, clean: message.complete }))
  })

describe('recording', () => {
  it('keeps the request as it was on the wire', async () => {
    const upstream = await start(jsonAnswer({ ok: true }))
    const headers = { 'X-Odd-Case': 'a', 'content-type': 'text/plain' }
    const response = await fetch(`${upstream.origin}/v1/%2f%20?x=%41`, { method: 'POST', headers, body: 'héllo' })
    expect(await response.json()).toEqual({ ok: true })
    const recorded = await upstream.received(1)
    expect(recorded).toMatchObject({ method: 'POST', url: '/v1/%2f%20?x=%41', body: Buffer.from('héllo') })
    expect(recorded.header('x-odd-case')).toBe('a')
    expect(recorded.headerValues('absent')).toEqual([])
    expect(upstream.requests).toEqual([recorded])
  })

  it('resolves received() for a request that comes later, and tells whether its answer was taken', async () => {
    const upstream = await start([{ body: 'whole' }, { body: ['part'], end: 'hang' }])
    const second = upstream.received(2)
    await (await fetch(upstream.origin)).text()
    const cut = await open(upstream.origin)
    expect(await upstream.requests[0]?.finished).toBe(true)
    cut.destroy()
    expect(await (await second).finished).toBe(false)
  })

  it('answers 599 beyond its script', async () => {
    const upstream = await start([{}])
    await fetch(upstream.origin)
    expect((await fetch(upstream.origin)).status).toBe(599)
  })
})

describe('scripted answers', () => {
  it('sends each step as a chunk of its own, at once up to a barrier', async () => {
    const barrier = createBarrier()
    const upstream = await start(eventStreamAnswer(['data: 1\n\n', 'data: 2\n\n', barrier, 'data: 3\n\n']))
    const message = await open(upstream.origin)
    const seen: string[] = []
    const two = new Promise<void>((resolve) => {
      message.on('data', (chunk) => seen.push(String(chunk)) === 2 && resolve())
    })
    await two
    await barrier.reached
    expect(seen).toEqual(['data: 1\n\n', 'data: 2\n\n'])
    barrier.open()
    await new Promise((resolve) => message.once('end', resolve))
    expect(seen).toEqual(['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n'])
  })

  it('hangs before its headers until the barrier opens', async () => {
    const before = createBarrier()
    const upstream = await start({ before, body: 'late' })
    const response = fetch(upstream.origin)
    await before.reached
    before.open()
    expect(await (await response).text()).toBe('late')
  })

  it('never answers', async () => {
    const upstream = await start(neverAnswer())
    const outgoing = request(upstream.origin).on('error', () => undefined)
    outgoing.end()
    const recorded = await upstream.received(1)
    outgoing.destroy()
    expect(await recorded.finished).toBe(false)
  })

  it('cuts the connection after an exact number of bytes', async () => {
    const upstream = await start({ body: ['12345', '67890'], cutAfterBytes: 7 })
    expect(await readChunks(await open(upstream.origin))).toEqual({ chunks: ['12345', '67'], clean: false })
  })

  it('resets the connection in the middle of a body', async () => {
    const barrier = createBarrier()
    const upstream = await start({ body: ['12345', barrier], end: 'reset' })
    const message = await open(upstream.origin)
    const failure = new Promise((resolve) => message.once('error', resolve))
    message.once('data', () => barrier.open())
    expect(await failure).toMatchObject({ code: 'ECONNRESET' })
  })

  it('closes early against its own content-length', async () => {
    const upstream = await start({ headers: { 'content-length': '100' }, body: 'short', end: 'destroy' })
    expect(await readChunks(await open(upstream.origin))).toEqual({ chunks: ['short'], clean: false })
  })

  it.each(['gzip', 'br', 'zstd', 'deflate'] as const satisfies readonly ContentEncoding[])(
    'encodes whole and stepped bodies with %s',
    async (encoding) => {
      const barrier = createBarrier()
      const upstream = await start([
        { body: 'hello', encoding },
        { body: ['hel', barrier, 'lo'], encoding },
      ])
      barrier.open()
      for (const _ of [1, 2]) {
        const message = await open(upstream.origin)
        expect(message.headers['content-encoding']).toBe(encoding)
        const pieces: Buffer[] = []
        for await (const piece of message) pieces.push(piece)
        expect(decodeContent(Buffer.concat(pieces), encoding).toString()).toBe('hello')
      }
    },
  )

  it.each([
    ['redirect', redirectAnswer('http://127.0.0.1:1/elsewhere'), 302, { location: 'http://127.0.0.1:1/elsewhere' }],
    ['HTML', htmlAnswer(), 502, { 'content-type': 'text/html' }],
    ['no content', { status: 204 }, 204, {}],
  ])('has %s', async (_, answer, status, headers) => {
    const upstream = await start(answer)
    const message = await open(upstream.origin)
    message.resume()
    expect(message.statusCode).toBe(status)
    expect(message.headers).toMatchObject(headers)
  })

  it('keeps the connection usable after a chunked answer', async () => {
    const upstream = await start({ body: ['a', 'b'] })
    for (const _ of [1, 2, 3]) expect(await (await fetch(upstream.origin)).text()).toBe('ab')
    expect(upstream.requests).toHaveLength(3)
  })
})
