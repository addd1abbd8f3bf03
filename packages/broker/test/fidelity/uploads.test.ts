import { request } from 'node:http'
import { gzipSync } from 'node:zlib'
import Anthropic from '@anthropic-ai/sdk'
import { type Chunking, perByte, randomChunks, whole } from '@vendo/testkit'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { answered } from '../http-client.ts'
import { anthropic, openai } from '../providers.ts'
import { dial, statuses, talk } from './raw-client.ts'
import { fileObject, sendJson, startUploadBroker, storeFile, type UploadBroker, uploadHead } from './upload-broker.ts'

const mostUploadBytes = 2_000_000

let own: UploadBroker
let pooled: UploadBroker
let bodies: Buffer[]
beforeAll(async () => {
  own = await startUploadBroker({ broker: { mostUploadBytes } })
  pooled = await startUploadBroker({ profile: 'vendo_managed_pool' })
})
afterAll(async () => {
  await own.calls()
  expect(await own.store.verify()).toMatchObject({ ok: true, openHolds: 0, problems: [] })
  await own.close()
  await pooled.close()
})
beforeEach(() => {
  bodies = []
  own.reset((message, answer) => {
    const pieces: Buffer[] = []
    message.on('data', (piece: Buffer) => pieces.push(piece))
    message.once('end', () => {
      bodies.push(Buffer.concat(pieces))
      sendJson(answer, 200, fileObject)
    })
  })
  pooled.reset(storeFile)
})

const boundary = '----odd-boundary'
const field = (name: string, text: string, more = '') =>
  `--${boundary}\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n${text}\r\n`
const bytes = Buffer.from(Array.from({ length: 3_000 }, (_, index) => (index * 31) % 256))
const multipart = Buffer.concat([
  Buffer.from(field('purpose', 'user_data') + field('file', '', '; filename="é.bin"').slice(0, -2)),
  bytes,
  Buffer.from(`\r\n${field('model', 'whisper-1')}--${boundary}--\r\n`),
])
const type = `multipart/form-data; boundary=${boundary}`

const send = async (headers: Readonly<Record<string, string>>, pieces: readonly Uint8Array[], path = '/v1/files') => {
  const client = request(`${own.url}/openai${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${own.key}`, ...headers },
    agent: false,
  })
  for (const piece of pieces) client.write(piece)
  client.end()
  const answer = await answered(client)
  answer.resume()
  return answer
}

const chunkings: Readonly<Record<string, Chunking>> = {
  'one piece': whole,
  'byte by byte': perByte,
  'random pieces': randomChunks(7, 200),
}

describe('a multipart body passes byte for byte', () => {
  const framings = [
    ['with a length', { 'content-length': String(multipart.length) }, [String(multipart.length), undefined]],
    ['chunked', { 'transfer-encoding': 'chunked' }, [undefined, 'chunked']],
  ] as const
  const rows = framings.flatMap((framing) => Object.keys(chunkings).map((name) => [...framing, name] as const))
  it.each(rows)('%s', async (_name, framing, [length, encoding], chunking) => {
    const answer = await send({ ...framing, 'content-type': type }, chunkings[chunking]?.(multipart) ?? [])
    expect(answer.statusCode).toBe(200)
    expect(bodies[0]?.equals(multipart)).toBe(true)
    const [head] = own.heads
    expect([head?.method, head?.url, head?.headers['content-type']]).toEqual(['POST', '/v1/files', type])
    expect([head?.headers['content-length'], head?.headers['transfer-encoding']]).toEqual([length, encoding])
  })

  it('compressed: as it came, and nobody looks inside', async () => {
    const packed = gzipSync(multipart)
    const answer = await send({ 'content-type': type, 'content-encoding': 'gzip' }, [packed])
    expect([answer.statusCode, own.heads[0]?.headers['content-encoding']]).toEqual([200, 'gzip'])
    expect(bodies[0]?.equals(packed)).toBe(true)
  })

  it.each([
    ['no body', {}],
    ['a body of no bytes', { 'content-length': '0' }],
    ['no chunks', { 'transfer-encoding': 'chunked' }],
  ])('%s', async (_name, headers) => {
    expect((await send(headers, [])).statusCode).toBe(200)
    expect(bodies.map(({ length }) => length)).toEqual([0])
  })

  it('costs nothing, and is on record', async () => {
    const { id, key } = await own.mint()
    await send({ authorization: `Bearer ${key}`, 'content-type': type }, [multipart])
    const calls = (await own.calls()).filter(({ keyId }) => keyId === id)
    expect(calls).toMatchObject([{ route: 'POST /v1/files', state: 'actual', walletNanos: 0n, upstreamStatus: 200 }])
  })
})

describe('limits', () => {
  it('an announced length beyond the largest upload is refused before anything is sent', async () => {
    const answer = await send({ 'content-length': String(mostUploadBytes + 1) }, [Buffer.alloc(mostUploadBytes + 1)])
    expect([answer.statusCode, answer.headers['vendo-error-code']]).toEqual([413, 'request_too_large'])
    expect(own.heads).toEqual([])
  })

  it('a chunked one is refused when it gets there, and the provider’s connection is cut', async () => {
    const cut = Promise.withResolvers<void>()
    own.reset((message) => {
      message.resume().once('error', () => cut.resolve())
    })
    const answer = await send({ 'transfer-encoding': 'chunked' }, [Buffer.alloc(mostUploadBytes), Buffer.alloc(1)])
    expect([answer.statusCode, answer.headers['vendo-error-code']]).toEqual([413, 'request_too_large'])
    await cut.promise
    expect(own.heads).toHaveLength(1)
  })

  it('the largest upload itself passes', async () => {
    expect((await send({}, [Buffer.alloc(mostUploadBytes)])).statusCode).toBe(200)
    expect(bodies[0]?.length).toBe(mostUploadBytes)
  })

  it('a key that may call once a minute uploads once', async () => {
    const { key } = await own.mint({ requests_per_minute: 1 })
    const headers = { authorization: `Bearer ${key}`, 'content-type': type }
    expect((await send(headers, [multipart])).statusCode).toBe(200)
    expect((await send(headers, [multipart])).headers['vendo-error-code']).toBe('rate_limited')
    expect(bodies).toHaveLength(1)
  })
})

describe('on a pooled credential', () => {
  const shared = [anthropic, openai].flatMap(({ slug, routes }) =>
    routes.filter(({ ownAccountOnly }) => ownAccountOnly).map(({ method, path }) => [slug, method, path] as const),
  )
  it.each(shared)('%s %s %s is refused before anything is sent', async (slug, method, path) => {
    const answer = await pooled.send({ method, path: `/${slug}${path.replace(':id', 'file-1')}` })
    expect([answer.status, answer.headers['vendo-error-code'], answer.headers['x-should-retry']]).toEqual([
      403,
      'binding_missing',
      'false',
    ])
    expect(answer.text).toContain(`vendo connect ${slug}`)
    expect(pooled.heads).toEqual([])
    expect(await pooled.calls()).toEqual([])
  })

  it('on the tenant’s own, all of them are forwarded', async () => {
    own.reset((message, answer) => void message.resume().once('end', () => sendJson(answer, 200, {})))
    const { key } = await own.mint({ requests_per_minute: 100 })
    for (const [slug, method, path] of shared) {
      const target = path.replace(':id', 'file-1')
      const headers = { authorization: `Bearer ${key}` }
      expect((await own.send({ method, path: `/${slug}${target}`, headers })).status).toBe(200)
      expect([own.heads.at(-1)?.method, own.heads.at(-1)?.url]).toEqual([method, target])
    }
  })
})

describe('Expect: 100-continue', () => {
  it('is answered once the provider is there, and not forwarded', async () => {
    const head = uploadHead(own.key, 'content-length: 5', 'expect: 100-continue')
    const client = await dial(own.url)
    let text = ''
    client.on('data', (piece) => {
      text += piece.toString('latin1')
      if (text === 'HTTP/1.1 100 Continue\r\n\r\n') client.write('hello')
      if (text.includes('file-1')) client.destroy()
    })
    client.write(head)
    await new Promise((resolve) => client.once('close', resolve))
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/)
    expect(bodies.map(String)).toEqual(['hello'])
    expect(own.heads[0]?.headers.expect).toBe(undefined)
  })

  it.each<[string, () => UploadBroker, string, number]>([
    ['on a pooled credential', () => pooled, 'content-length: 5', 403],
    ['that is too long', () => own, `content-length: ${mostUploadBytes + 1}`, 413],
  ])('an upload %s is refused without having it sent', async (_name, broker, length, status) => {
    const text = await talk(broker().url, uploadHead(broker().key, length, 'expect: 100-continue'))
    expect(text).not.toContain('100 Continue')
    expect(statuses(text)).toEqual([status])
  })

  it('the management API asks for the body too', async () => {
    const head = ['POST /api/tenants HTTP/1.1', 'host: localhost', 'content-length: 2', 'expect: 100-continue', '', '']
    const text = await talk(own.url, [head.join('\r\n'), '{}'], (got) => got.includes('app_unknown'))
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 401 /)
  })
})

describe('the official SDKs', () => {
  const client = () => new OpenAI({ apiKey: own.key, baseURL: `${own.url}/openai/v1`, logLevel: 'off' })

  it('openai: a file, and a part of an upload', async () => {
    const file = await OpenAI.toFile(bytes, 'a.bin')
    expect(await client().files.create({ file, purpose: 'user_data' })).toMatchObject({ id: 'file-1' })
    await client().uploads.parts.create('upload_1', { data: file })
    expect(own.heads.map(({ url }) => url)).toEqual(['/v1/files', '/v1/uploads/upload_1/parts'])
    for (const body of bodies) expect(body.includes(bytes)).toBe(true)
  })

  it('anthropic: a file, with the beta header', async () => {
    const sdk = new Anthropic({ apiKey: own.key, baseURL: `${own.url}/anthropic`, logLevel: 'off' })
    await sdk.beta.files.upload({ file: await Anthropic.toFile(bytes, 'a.bin'), betas: ['files-api-2025-04-14'] })
    expect(bodies[0]?.includes(bytes)).toBe(true)
    expect(own.heads[0]?.headers['anthropic-beta']).toContain('files-api')
  })

  it('openai on a pooled credential: a PermissionDeniedError, after one try', async () => {
    const sdk = new OpenAI({ apiKey: pooled.key, baseURL: `${pooled.url}/openai/v1`, logLevel: 'off' })
    const refused = sdk.files.create({ file: await OpenAI.toFile(bytes, 'a.bin'), purpose: 'user_data' })
    await expect(refused).rejects.toBeInstanceOf(OpenAI.PermissionDeniedError)
    expect(pooled.heads).toEqual([])
  })
})
