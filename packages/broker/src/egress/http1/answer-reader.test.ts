import { perByte } from '@vendo/testkit'
import { describe, expect, it } from 'vitest'
import type { AnswerHead } from './answer-head.ts'
import { AnswerReader } from './answer-reader.ts'

interface Seen {
  readonly head?: AnswerHead
  readonly body: string
  readonly pieces: number
  readonly ended: boolean
  readonly surplus: boolean
  readonly error?: string
}

/** What an answer reads as, in these pieces; `closed` ends the connection behind it. */
const read = (pieces: readonly (string | Uint8Array)[], { closed = false, headOnly = false } = {}): Seen => {
  let seen: Seen = { body: '', pieces: 0, ended: false, surplus: false }
  const reader = new AnswerReader({
    onHead: (head) => {
      seen = { ...seen, head }
    },
    onBody: (piece) => {
      seen = { ...seen, body: seen.body + piece.toString('latin1'), pieces: seen.pieces + 1 }
    },
    onEnd: (surplus) => {
      seen = { ...seen, ended: true, surplus }
    },
  })
  reader.begin(headOnly)
  try {
    for (const piece of pieces) reader.push(Buffer.from(piece as string, 'latin1'))
    if (closed) reader.close()
  } catch (error) {
    seen = { ...seen, error: (error as Error).name }
  }
  return seen
}

const ok = 'HTTP/1.1 200 OK\r\n'
const withLength = `${ok}Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello`
const chunkedHead = `${ok}transfer-encoding: chunked\r\n\r\n`
const chunked = `${chunkedHead}2\r\nhe\r\n3;a=b;c="d"\r\nllo\r\n0\r\n\r\n`
const trailed = `${chunkedHead}0005\r\nhello\r\n000;x\r\nx-sum: 7\r\ncontent-length: 9\r\n\r\n`
const informed = `HTTP/1.1 100 \r\nx-a: b\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${withLength}`

describe('an answer is the same wherever it is split', () => {
  const rows: [string, string, boolean?][] = [
    ['with a length', withLength],
    ['in chunks', chunked],
    ['with trailers', trailed],
    ['after informational ones', informed],
    ['until the connection closes', `${ok}x-a: b\r\n\r\nhello`, true],
    ['of HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello'],
    ['without a reason, with odd white space', 'HTTP/1.1 200\r\ncontent-length:\t 5 \t\r\nx-empty:\r\n\r\nhello'],
  ]
  it.each(rows)('%s', (_name, text, closed = false) => {
    const whole = read([text], { closed })
    expect(whole).toMatchObject({ head: { status: 200 }, body: 'hello', ended: true })
    for (let at = 1; at < text.length; at++) {
      expect(read([text.slice(0, at), text.slice(at)], { closed })).toEqual({ ...whole, pieces: expect.any(Number) })
    }
    const bytes = perByte(Buffer.from(text, 'latin1'))
    expect(read(bytes, { closed })).toEqual({ ...whole, pieces: expect.any(Number) })
  })

  it('and cut anywhere it is not whole', () => {
    for (const text of [withLength, chunked, trailed, informed]) {
      for (let length = 1; length < text.length; length++) {
        const seen = read([text.slice(0, length)], { closed: true })
        expect([seen.ended, seen.error]).toEqual([false, 'UpstreamBroke'])
      }
    }
  })
})

describe('headers', () => {
  it('have names in lower case, their order, and their bytes', () => {
    const { head } = read([`${ok}X-B: \u00e9 \r\nx-a:1\r\nX-b: 2\r\n__proto__: x\r\nContent-Length: 0\r\n\r\n`])
    expect(head?.headers.flat).toEqual(
      ['x-b', '\u00e9', 'x-a', '1', 'x-b', '2', '__proto__', 'x'].concat('content-length', '0'),
    )
    expect(['x-b', 'x-a', 'X-A', 'x-c'].map((name) => head?.headers.get(name))).toEqual([
      '\u00e9, 2',
      '1',
      undefined,
      undefined,
    ])
    expect(head?.headers.without('x-b', '__proto__').flat).toEqual(['x-a', '1', 'content-length', '0'])
  })

  it('of one piece of memory: the body is not copied', () => {
    const bytes = Buffer.from(withLength)
    let body: Buffer | undefined
    const ignore = () => undefined
    const reader = new AnswerReader({ onHead: ignore, onEnd: ignore, onBody: (piece) => (body = piece) })
    reader.begin(false)
    reader.push(bytes)
    expect([body?.buffer, body?.toString()]).toEqual([bytes.buffer, 'hello'])
  })
})

describe('not believed', () => {
  const head = (...lines: readonly string[]) => `${[ok.slice(0, -2), ...lines].join('\r\n')}\r\n\r\n`
  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['HTTP/2', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['HTTP/1.2', 'HTTP/1.2 200 OK\r\n\r\n'],
    ['lower case', 'http/1.1 200 OK\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['a status below 100', 'HTTP/1.1 099 OK\r\n\r\n'],
    ['a status that is none', 'HTTP/1.1 2a0 OK\r\n\r\n'],
    ['no status', 'HTTP/1.1\r\n\r\n'],
    ['an empty line before it', `\r\n${withLength}`],
    ['a folded line', head('x-a: b', ' c', 'content-length: 0')],
    ['a line folded with a tab', head('x-a: b', '\tc')],
    ['a lone line feed', `${ok}x-a: b\ncontent-length: 0\r\n\r\n`],
    ['a lone carriage return', `${ok}x-a: b\rc\r\n\r\n`],
    ['lone line feeds in the first line', `HTTP/1.1 200 OK\n\r\n\r\n`],
    ['a NUL', head('x-a: b\0c')],
    ['a control character', head('x-a: b\u0001')],
    ['a delete character', head('x-a: b\u007f')],
    ['no colon', head('x-a')],
    ['no name', head(': b')],
    ['a space before the colon', head('content-length : 5')],
    ['a space in a name', head('x a: b')],
    ['a name beyond ASCII', head('x-\u00e9: b')],
    ['two lengths', head('content-length: 5', 'content-length: 6')],
    ['the same length twice', head('content-length: 5', 'content-length: 5')],
    ['a list of lengths', head('content-length: 5, 5')],
    ['a negative length', head('content-length: -5')],
    ['a length with a plus', head('content-length: +5')],
    ['a length in hexadecimal', head('content-length: 0x5')],
    ['an empty length', head('content-length:')],
    ['a length beyond what can be counted', head(`content-length: ${'9'.repeat(16)}`)],
    ['a length and chunks', head('content-length: 5', 'transfer-encoding: chunked')],
    ['chunks and a length', head('transfer-encoding: chunked', 'content-length: 5')],
    ['chunks twice', head('transfer-encoding: chunked', 'transfer-encoding: chunked')],
    ['another coding', head('transfer-encoding: gzip, chunked')],
    ['an unknown coding', head('transfer-encoding: xchunked')],
    ['101', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\n\r\n'],
    ['more informational answers than anybody waits for', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(101)],
    ['a head without an end', `${ok}x-a: ${'b'.repeat(20_000)}`],
    ['a head of more than 16 kB', head(`x-a: ${'b'.repeat(16_400)}`)],
  ])('%s', (_name, text) => {
    expect(read([text])).toMatchObject({ error: 'UpstreamBroke', ended: false })
    expect(read(perByte(Buffer.from(text, 'latin1')))).toMatchObject({ error: 'UpstreamBroke', ended: false })
  })

  it.each([
    ['a size that is none', 'zz\r\n'],
    ['no size', '\r\n'],
    ['no size, but an extension', ';a=b\r\n'],
    ['a negative size', '-1\r\n'],
    ['a size with 0x', '0x5\r\n'],
    ['a space behind the size', '5 \r\n'],
    ['a size beyond what can be counted', `1${'0'.repeat(13)}\r\n`],
    ['a lone line feed behind the size', '5\nhello\r\n'],
    ['a lone line feed behind an extension', '5;a\nhello\r\n'],
    ['a carriage return alone', '5\rhello'],
    ['a chunk longer than it says', '2\r\nhello\r\n'],
    ['a chunk that ends in a lone line feed', '5\r\nhello\n0\r\n\r\n'],
    ['a NUL in an extension', '5;a\0\r\n'],
    ['an extension without an end', `5;${'a'.repeat(5_000)}`],
    ['leading zeros without an end', '0'.repeat(5_000)],
    ['a folded trailer', '0\r\nx-a: b\r\n c\r\n\r\n'],
    ['a trailer without a colon', '0\r\nx-a\r\n\r\n'],
    ['a lone carriage return before the trailers', '0\rx-a: b\r\n\r\n'],
    ['trailers of more than 16 kB', `0\r\nx-a: ${'b'.repeat(20_000)}`],
  ])('chunks with %s', (_name, body) => {
    const text = chunkedHead + body
    expect(read([text])).toMatchObject({ error: 'UpstreamBroke', ended: false })
    expect(read(perByte(Buffer.from(text, 'latin1')))).toMatchObject({ error: 'UpstreamBroke', ended: false })
  })
})

describe('an answer without a body', () => {
  it.each([
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n', false, false],
    ['204 with a length of nothing', 'HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n', false, false],
    ['304', 'HTTP/1.1 304 Not Modified\r\n\r\n', false, false],
    ['200 with a length of nothing', `${ok}content-length: 0\r\n\r\n`, false, false],
    ['to HEAD', `${ok}\r\n`, true, false],
    // Servers are known to send what such an answer only describes: it would be taken for the next one.
    ['304 that describes one', 'HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n', false, true],
    ['204 that describes one', 'HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n', false, true],
    ['to HEAD, that describes one', `${ok}content-length: 9\r\n\r\n`, true, true],
    ['to HEAD, that describes chunks', chunkedHead, true, true],
    ['to HEAD, with a body all the same', withLength, true, true],
  ])('%s ends with its head', (_name, text, headOnly, surplus) => {
    expect(read([text], { headOnly })).toMatchObject({ body: '', ended: true, surplus })
  })
})

describe('what follows an answer is told', () => {
  it.each([withLength, chunked, trailed, `${ok}content-length: 0\r\n\r\n`])('%j', (text) => {
    expect(read([text]).surplus).toBe(false)
    expect(read([`${text}H`]).surplus).toBe(true)
  })
})

describe('the connection stays open', () => {
  const keeps = (version: string, ...lines: readonly string[]) =>
    read([`HTTP/${version} 200 OK\r\n${[...lines, 'content-length: 0'].join('\r\n')}\r\n\r\n`]).head
  it.each([
    ['1.1', [], true],
    ['1.1', ['connection: keep-alive'], true],
    ['1.1', ['connection: close'], false],
    ['1.1', ['connection: Close'], false],
    ['1.1', ['connection: x-a, close'], false],
    ['1.1', ['connection: close', 'connection: keep-alive'], false],
    ['1.1', ['connection: closer'], true],
    ['1.0', [], false],
    ['1.0', ['connection: Keep-Alive'], true],
    ['1.0', ['connection: keep-alive, close'], false],
  ] as const)('HTTP/%s with %j: %s', (version, lines, expected) => {
    expect(keeps(version, ...lines)?.keepAlive).toBe(expected)
  })

  it('not behind chunks of HTTP/1.0', () => {
    const text = chunked.replace('1.1', '1.0').replace('\r\n', '\r\nconnection: keep-alive\r\n')
    expect(read([text])).toMatchObject({ ended: true, head: { keepAlive: false } })
  })

  it.each([
    ['timeout=5', 5_000],
    ['timeout=5, max=100', 5_000],
    ['max=100, Timeout = 7', 7_000],
    ['max=100', undefined],
    ['xtimeout=5', undefined],
  ])('for as long as Keep-Alive says: %s', (value, ms) => {
    expect(keeps('1.1', `keep-alive: ${value}`)?.keepAliveMs).toBe(ms)
  })
})

it('a receiver that stops hears no more', () => {
  const heard: string[] = []
  const reader: AnswerReader = new AnswerReader({
    onHead: () => heard.push('head'),
    onBody: () => {
      heard.push('body')
      reader.stop()
    },
    onEnd: () => heard.push('end'),
  })
  for (const text of [withLength, chunked]) {
    reader.begin(false)
    reader.push(Buffer.from(text))
  }
  expect(heard).toEqual(['head', 'body', 'head', 'body'])
})
