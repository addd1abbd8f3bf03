import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { UpstreamRequest } from '../upstream-call.ts'
import { hasUnexpectedBody, requestHead } from './request-head.ts'

const headOf = (changes: Partial<UpstreamRequest> = {}) =>
  requestHead(
    { origin: 'https://a.test', party: '', method: 'POST', path: '/v1/a?b=%20', headers: [], body: null, ...changes },
    'a.test:8443',
  )

it('is a line, the host, the given headers and the framing', () => {
  expect(headOf({ headers: ['X-A', 'caf\u00e9\t1', 'x-a', ''], body: Buffer.from('hello') })).toBe(
    'POST /v1/a?b=%20 HTTP/1.1\r\nhost: a.test:8443\r\nconnection: keep-alive\r\nX-A: caf\u00e9\t1\r\nx-a: \r\ncontent-length: 5\r\n\r\n',
  )
})

describe('framing', () => {
  const stream = () => Readable.from([])
  it.each<[string, Partial<UpstreamRequest>, string | undefined]>([
    ['POST without a body', {}, 'content-length: 0'],
    ['PATCH with an empty body', { method: 'PATCH', body: Buffer.alloc(0) }, 'content-length: 0'],
    ['GET without a body', { method: 'GET' }, undefined],
    ['GET with an empty body', { method: 'GET', body: Buffer.alloc(0) }, undefined],
    ['DELETE with a body', { method: 'DELETE', body: Buffer.alloc(3) }, 'content-length: 3'],
    ['a stream of known length', { body: stream(), bodyLength: 7 }, 'content-length: 7'],
    ['a stream', { body: stream() }, 'transfer-encoding: chunked'],
  ])('%s: %s', (_name, changes, line) => {
    const [, , , ...lines] = headOf(changes).split('\r\n')
    expect(lines).toEqual([...(line === undefined ? [] : [line]), '', ''])
  })

  it('a body where none is expected is told', () => {
    const body = Buffer.alloc(1)
    expect(hasUnexpectedBody({ method: 'GET', body })).toBe(true)
    expect(hasUnexpectedBody({ method: 'DELETE', body: stream() })).toBe(true)
    expect(hasUnexpectedBody({ method: 'POST', body })).toBe(false)
    expect(hasUnexpectedBody({ method: 'GET', body: Buffer.alloc(0) })).toBe(false)
  })
})

describe('refused before anything is sent', () => {
  const unsafe = ['\r', '\n', '\0', '\u0001', '\u007f', '\u010a', '\u010d', '\u2028', '\ud83d\ude00']
  const everywhere: [string, (text: string) => Partial<UpstreamRequest>][] = [
    ['the method', (text) => ({ method: `PO${text}ST` })],
    ['the path', (text) => ({ path: `/v1/${text}a` })],
    ['a name', (text) => ({ headers: [`x-${text}a`, 'b'] })],
    ['a value', (text) => ({ headers: ['x-a', `b${text}x-c: d`] })],
  ]
  it.each(everywhere)('%s that could end its line, or would as bytes', (_where, changes) => {
    for (const text of unsafe) expect(() => headOf(changes(text))).toThrow(TypeError)
  })

  it.each<[string, Partial<UpstreamRequest>]>([
    ['a space in the path', { path: '/v1/a b' }],
    ['a path that is none', { path: 'v1' }],
    ['an empty path', { path: '' }],
    ['an empty method', { method: '' }],
    ['a space in the method', { method: 'GET /evil' }],
    ['an empty name', { headers: ['', 'b'] }],
    ['a colon in a name', { headers: ['x:a', 'b'] }],
    ...['host', 'Connection', 'keep-alive', 'Content-Length', 'transfer-encoding', 'expect', 'upgrade'].map(
      (name): [string, Partial<UpstreamRequest>] => [`a ${name} of the caller’s own`, { headers: [name, '1'] }],
    ),
  ])('%s', (_name, changes) => {
    expect(() => headOf(changes)).toThrow(TypeError)
  })

  it('without the value, which may be a credential', () => {
    expect(() => headOf({ headers: ['x-api-key', 'sk-secret\n'] })).toThrow(/^The value of the header x-api-key/)
    expect(() => headOf({ headers: ['x-api-key', 'sk-secret\n'] })).not.toThrow(/secret/)
  })
})
