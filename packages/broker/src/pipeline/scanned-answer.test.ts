import { randomBytes } from 'node:crypto'
import {
  brotliCompressSync,
  constants,
  createBrotliCompress,
  createDeflate,
  createDeflateRaw,
  createGzip,
  createZstdCompress,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib'
import { Secret } from '@vendo/contract'
import { describe, expect, it } from 'vitest'
import { HeaderList } from '../egress/http1/header-list.ts'
import { secretMaskOf } from '../egress/secret-mask.ts'
import { ScannedAnswer } from './scanned-answer.ts'

const credential = 'upstream-canary-7f3a9d'
const megabyte = 1024 * 1024
type Event = 'pause' | 'resume' | 'abort'

/** An answer under way: what the relay has of it, and what the transport was told. */
class Scene {
  readonly transport: Event[] = []
  readonly received: Buffer[] = []
  plainBytes = 0
  plain = ''
  status: number | undefined
  headers = new HeaderList([])
  error: Error | undefined
  readonly over: Promise<void>
  readonly answer: ScannedAnswer
  #next: (() => void)[] = []

  constructor(encoding: string | undefined, status = 200) {
    let finish!: () => void
    this.over = new Promise((resolve) => {
      finish = resolve
    })
    this.answer = new ScannedAnswer(
      {
        onDispatch: () => undefined,
        onRequestStart: () => undefined,
        onResponseStart: (given, headers) => {
          this.status = given
          this.headers = headers
        },
        onResponseData: (piece) => {
          this.received.push(piece)
          for (const tell of this.#next.splice(0)) tell()
        },
        onPlainData: (piece) => {
          this.plainBytes += piece.length
          if (this.plainBytes < 100_000) this.plain += piece.toString()
        },
        onResponseEnd: () => finish(),
        onResponseError: (error) => {
          this.error = error
          finish()
        },
      },
      secretMaskOf(new Secret(credential)),
    )
    this.answer.onDispatch({
      paused: false,
      pause: () => this.transport.push('pause'),
      resume: () => this.transport.push('resume'),
      abort: () => this.transport.push('abort'),
    })
    this.answer.onRequestStart()
    this.answer.onResponseStart(
      status,
      new HeaderList(encoding === undefined ? [] : ['content-encoding', encoding, 'content-length', '1']),
    )
  }

  get bytes(): Buffer {
    return Buffer.concat(this.received)
  }

  /** Resolves with the next piece that goes on. */
  nextPiece(): Promise<void> {
    return new Promise((resolve) => this.#next.push(resolve))
  }

  whole(body: Buffer, pieceBytes = 16_384): Promise<void> {
    for (let at = 0; at < body.length; at += pieceBytes) this.answer.onResponseData(body.subarray(at, at + pieceBytes))
    this.answer.onResponseEnd()
    return this.over
  }
}

/** Several members are one body: a megabyte of zeros in about a kilobyte, again and again. */
const bomb = (megabytes: number) =>
  Buffer.concat(Array.from({ length: megabytes }, () => gzipSync(Buffer.alloc(megabyte))))

describe('a small body that decodes without end', () => {
  it.each([200, 400])('%i: is cut at the bound, and no more is decoded', async (status) => {
    const scene = new Scene('gzip', status)
    const body = bomb(80)
    await scene.whole(body)
    expect(scene.error).toBeDefined()
    expect([scene.status, scene.transport.at(-1)]).toEqual([status, 'abort'])
    expect(scene.bytes.length).toBeLessThan(body.length)
    expect(scene.plainBytes).toBeLessThanOrEqual(64 * megabyte)
  })

  it('is cut between two codings too, where it would wait in memory', async () => {
    const scene = new Scene('gzip, br')
    const piece = brotliCompressSync(Buffer.concat([gzipSync('a sound beginning'), Buffer.alloc(32 * megabyte)]), {
      params: { [constants.BROTLI_PARAM_QUALITY]: 5 },
    })
    expect(piece.length).toBeLessThan(16_384)
    await scene.whole(piece)
    expect([scene.error?.name, scene.bytes.length, scene.transport.at(-1)]).toEqual(['UpstreamBroke', 0, 'abort'])
  })

  it('a well-packed answer below the bound passes', async () => {
    const scene = new Scene('gzip')
    const body = bomb(20)
    await scene.whole(body)
    expect([scene.error, scene.bytes.equals(body), scene.plainBytes]).toEqual([undefined, true, 20 * megabyte])
  })
})

describe('a provider that is faster than the decoder', () => {
  it('waits once a megabyte waits, and goes on when that is decoded', async () => {
    const scene = new Scene('gzip')
    const body = gzipSync(randomBytes(3 * megabyte))
    for (let at = 0; at < body.length; at += 65_536) scene.answer.onResponseData(body.subarray(at, at + 65_536))
    expect(scene.transport).toContain('pause')
    expect(scene.transport).not.toContain('resume')
    while (scene.bytes.length < body.length) await scene.nextPiece()
    expect(scene.transport.at(-1)).toBe('resume')
    scene.answer.onResponseEnd()
    await scene.over
    expect(scene.bytes.equals(body)).toBe(true)
  })

  it('is not told to go on while the client does not read', async () => {
    const scene = new Scene('gzip')
    scene.answer.pause()
    const body = gzipSync(randomBytes(2 * megabyte))
    for (let at = 0; at < body.length; at += 65_536) scene.answer.onResponseData(body.subarray(at, at + 65_536))
    while (scene.bytes.length < body.length) await scene.nextPiece()
    expect(scene.transport).not.toContain('resume')
    scene.answer.resume()
    expect([scene.transport.at(-1), scene.answer.paused]).toEqual(['resume', false])
  })
})

describe.each([200, 400])('what cannot be decoded (%i) passes as it is', (status) => {
  it.each(['gzip', 'deflate', 'br', 'zstd', 'br, gzip', 'gzip, br'])('under %s', async (encoding) => {
    const body = Buffer.from(`\x01no such coding: ${'x'.repeat(40_000)}`)
    const scene = new Scene(encoding, status)
    await scene.whole(body)
    expect([scene.error, scene.status, scene.bytes.equals(body)]).toEqual([undefined, status, true])
    expect(scene.headers.get('content-encoding')).toBe(encoding)
  })

  it('after a sound beginning', async () => {
    const body = Buffer.concat([gzipSync('a sound beginning'), Buffer.from('and then no gzip')])
    const scene = new Scene('gzip', status)
    await scene.whole(body)
    expect([scene.error, scene.bytes.equals(body)]).toEqual([undefined, true])
  })

  it('under a coding that nobody here knows, at once', async () => {
    const scene = new Scene('compress', status)
    scene.answer.onResponseData(Buffer.from('anything'))
    expect(scene.bytes.toString()).toBe('anything')
  })
})

describe('a compressed error', () => {
  const spaces = (bytes: number, end = '') => gzipSync(`${' '.repeat(bytes)}${end}`)

  it('up to 4 MB is held, and has the credential blanked in it', async () => {
    const scene = new Scene('gzip', 400)
    await scene.whole(spaces(3_000_000, credential))
    expect([scene.error, scene.status]).toEqual([undefined, 400])
    expect([scene.headers.get('content-encoding'), scene.headers.get('content-length')]).toEqual([undefined, undefined])
    expect(scene.bytes.length).toBe(3_000_000 + credential.length)
    expect(scene.bytes.includes(credential)).toBe(false)
  })

  it('above 4 MB goes on as it is where nothing is echoed', async () => {
    const body = spaces(6_000_000)
    const scene = new Scene('gzip', 400)
    await scene.whole(body)
    expect([scene.error, scene.status, scene.bytes.equals(body)]).toEqual([undefined, 400, true])
  })

  it('above 4 MB that echoes the credential is cut', async () => {
    const scene = new Scene('gzip', 400)
    await scene.whole(Buffer.concat([spaces(6_000_000), gzipSync(credential), gzipSync(randomBytes(100_000))]), 512)
    expect([scene.error?.name, scene.status, scene.transport.at(-1)]).toEqual(['UpstreamBroke', 400, 'abort'])
  })

  it('that breaks off tells its status first: it decides what the call costs', async () => {
    const scene = new Scene('gzip', 529)
    scene.answer.onResponseData(gzipSync('half').subarray(0, 12))
    scene.answer.onResponseError(new Error('the connection ended'))
    await scene.over
    expect([scene.status, scene.received, scene.error?.message]).toEqual([529, [], 'the connection ended'])
  })
})

describe('a compressed event stream', () => {
  it.each([
    ['gzip', createGzip],
    ['deflate', createDeflate],
    ['deflate', createDeflateRaw],
    ['br', createBrotliCompress],
    ['zstd', createZstdCompress],
  ])('%s: each event goes on, and is read, before the next is there', async (encoding, create) => {
    const scene = new Scene(encoding)
    const coder = create()
    const sent: Buffer[] = []
    for (const event of ['data: one\n\n', 'data: two\n\n', 'data: three\n\n']) {
      coder.write(event)
      await new Promise<void>((resolve) => coder.flush(() => resolve()))
      const piece = coder.read() as Buffer
      sent.push(piece)
      const passed = scene.nextPiece()
      scene.answer.onResponseData(piece)
      await passed
      expect(scene.bytes.equals(Buffer.concat(sent))).toBe(true)
      expect(scene.plain.endsWith(event)).toBe(true)
    }
    coder.destroy()
  })
})

it.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
])('%s: the meter gets every plain byte, in whatever pieces the answer comes', async (encoding, encode) => {
  const text = JSON.stringify({ usage: { output_tokens: 7 }, text: 'ä'.repeat(200) })
  for (const pieceBytes of [1, 7, 4_096]) {
    const scene = new Scene(encoding)
    const body = encode(Buffer.from(text))
    await scene.whole(body, pieceBytes)
    expect([scene.plainBytes, scene.bytes.equals(body)]).toEqual([Buffer.byteLength(text), true])
  }
})
