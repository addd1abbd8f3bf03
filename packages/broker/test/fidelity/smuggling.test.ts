import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anthropicRequest } from '../answers.ts'
import { type RawBroker, rawAnswer, startRawBroker } from './raw-broker.ts'
import { answers, rawMessage, statuses, talk } from './raw-client.ts'

let broker: RawBroker
beforeAll(async () => {
  broker = await startRawBroker((socket) => socket.write(rawAnswer()))
})
afterAll(() => broker.close())

const body = JSON.stringify(anthropicRequest())
const length = `content-length: ${body.length}`
const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
const line = 'POST /anthropic/v1/messages HTTP/1.1'
/** A second request, hidden where two parsers may disagree on the end of the first. */
const hidden = 'POST /anthropic/v1/messages HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n'

const message = (changes: { line?: string; headers?: readonly string[]; body?: string }) =>
  rawMessage({ key: broker.key, body, ...changes })

describe('refused before anything is sent to the provider', () => {
  it.each<[string, () => string, number]>([
    [
      'a length and chunked',
      () => message({ headers: [length, 'transfer-encoding: chunked'], body: chunked + hidden }),
      400,
    ],
    [
      'chunked and a length',
      () => message({ headers: ['transfer-encoding: chunked', length], body: chunked + hidden }),
      400,
    ],
    ['two different lengths', () => message({ headers: [length, 'content-length: 5'] }), 400],
    ['the same length twice', () => message({ headers: [length, length] }), 400],
    ['a list of lengths', () => message({ headers: [`${length}, 5`] }), 400],
    ['a negative length', () => message({ headers: ['content-length: -5'] }), 400],
    ['a length with a plus', () => message({ headers: [`content-length: +${body.length}`] }), 400],
    ['a length in hexadecimal', () => message({ headers: ['content-length: 0x10'] }), 400],
    ['a length beyond 64 bits', () => message({ headers: ['content-length: 99999999999999999999'] }), 400],
    ['an unknown transfer coding', () => message({ headers: ['transfer-encoding: xchunked'], body: chunked }), 400],
    [
      'chunked before another coding',
      () => message({ headers: ['transfer-encoding: chunked, identity'], body: chunked }),
      400,
    ],
    [
      'chunked after a tab and a letter',
      () => message({ headers: ['transfer-encoding: \tx chunked'], body: chunked }),
      400,
    ],
    ['a space before the colon', () => message({ headers: [`content-length : ${body.length}`] }), 400],
    ['a folded line', () => message({ headers: ['x-a: b\r\n c', length] }), 400],
    ['a folded length', () => message({ headers: [`content-length:\r\n ${body.length}`] }), 400],
    ['a header without a colon', () => message({ headers: ['x-a', length] }), 400],
    ['a header name with a space', () => message({ headers: ['x a: b', length] }), 400],
    ['a NUL in a value', () => message({ headers: ['x-a: b\u0000c', length] }), 400],
    ['a control character in a value', () => message({ headers: ['x-a: b\u0001c', length] }), 400],
    ['a lone carriage return in a value', () => message({ headers: ['x-a: b\rx-c: d', length] }), 400],
    ['lone line feeds', () => message({ headers: [length] }).replaceAll('\r\n', '\n'), 400],
    ['a lone line feed after one header', () => message({ headers: [`x-a: b\nx-c: d`, length] }), 400],
    ['headers beyond 16 kB', () => message({ headers: [`x-a: ${'b'.repeat(17_000)}`, length] }), 431],
    ['a target beyond 16 kB', () => message({ line: `POST /anthropic/${'a'.repeat(17_000)} HTTP/1.1` }), 431],
    ['a chunk size that is none', () => message({ headers: ['transfer-encoding: chunked'], body: 'zz\r\n' }), 400],
    ['a negative chunk size', () => message({ headers: ['transfer-encoding: chunked'], body: '-1\r\n' }), 400],
    [
      'a chunk size beyond 64 bits',
      () => message({ headers: ['transfer-encoding: chunked'], body: `${'f'.repeat(17)}\r\n` }),
      400,
    ],
    [
      'a chunk longer than it says',
      () => message({ headers: ['transfer-encoding: chunked'], body: `2\r\n${body}\r\n0\r\n\r\n` }),
      400,
    ],
    [
      'a chunk that ends in a lone line feed',
      () => message({ headers: ['transfer-encoding: chunked'], body: chunked.replaceAll('\r\n', '\n') }),
      400,
    ],
    [
      'a chunk extension of 20 kB',
      () =>
        message({
          headers: ['transfer-encoding: chunked'],
          body: chunked.replace('\r\n', `;a=${'b'.repeat(20_000)}\r\n`),
        }),
      413,
    ],
    [
      'a length among the trailers',
      () =>
        message({
          headers: ['transfer-encoding: chunked'],
          body: chunked.replace(/\r\n$/, 'content-length: 3\r\n\r\n'),
        }),
      400,
    ],
    ['no host', () => message({ headers: [length] }).replace('host: localhost\r\n', ''), 400],
    ['a method that is none', () => message({ line: 'P@ST /anthropic/v1/messages HTTP/1.1' }), 400],
    ['a space in the target', () => message({ line: 'POST /anthropic/v1/mess ages HTTP/1.1' }), 400],
    ['an unknown version', () => message({ line: 'POST /anthropic/v1/messages HTTP/1.9' }), 400],
    ['the preface of HTTP/2', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    [
      'an absolute target of another host',
      () => message({ line: 'POST http://evil.test/anthropic/v1/messages HTTP/1.1' }),
      400,
    ],
    [
      'an absolute target of this host',
      () => message({ line: 'POST http://broker/anthropic/v1/messages HTTP/1.1' }),
      400,
    ],
    ['the asterisk as a target', () => message({ line: 'OPTIONS * HTTP/1.1' }), 400],
  ])('%s', async (_class, bytes, status) => {
    const before = broker.raw.requests.length
    const text = await talk(broker.url, bytes(), answers(1))
    expect(statuses(text)).toEqual([status])
    expect(broker.raw.requests.length - before).toBe(0)
  })

  it('CONNECT gets no tunnel', async () => {
    const before = broker.raw.requests.length
    expect(await talk(broker.url, 'CONNECT evil.test:443 HTTP/1.1\r\nhost: evil.test:443\r\n\r\n')).not.toMatch(
      / 2\d\d /,
    )
    expect(broker.raw.requests.length - before).toBe(0)
  })
})

describe('harmless: the provider sees one clean request with a length', () => {
  it.each<[string, () => string]>([
    [
      'chunk extensions',
      () => message({ headers: ['transfer-encoding: chunked'], body: chunked.replace('\r\n', ';a=b;c="d"\r\n') }),
    ],
    [
      'trailers',
      () => message({ headers: ['transfer-encoding: chunked'], body: chunked.replace(/\r\n$/, 'x-a: b\r\n\r\n') }),
    ],
    ['two spaces in the first line', () => message({ line: 'POST  /anthropic/v1/messages HTTP/1.1' })],
    ['no version', () => message({ line: 'POST /anthropic/v1/messages' })],
    ['chunked in capitals', () => message({ headers: ['Transfer-Encoding: CHUNKED'], body: chunked })],
    [
      'leading zeros in a chunk size',
      () => message({ headers: ['transfer-encoding: chunked'], body: `000${chunked}` }),
    ],
    ['an empty line before the request', () => `\r\n${message({})}`],
    ['HTTP/1.0', () => message({ line: line.replace('1.1', '1.0') })],
    ['HTTP/1.0 without a host', () => message({ line: line.replace('1.1', '1.0') }).replace('host: localhost\r\n', '')],
    ['two hosts', () => message({ headers: ['host: evil.test', length] })],
    [
      'forged framing in headers that Connection names',
      () => message({ headers: ['connection: content-length, authorization', length] }),
    ],
    ['an override of the method', () => message({ headers: ['x-http-method-override: GET', length] })],
    [
      'an override of the address',
      () => message({ headers: ['x-original-url: /admin', 'x-rewrite-url: /admin', length] }),
    ],
  ])('%s', async (_class, bytes) => {
    const before = broker.raw.requests.length
    expect(statuses(await talk(broker.url, bytes(), answers(1)))).toEqual([200])
    const [sent, ...more] = broker.raw.requests.slice(before)
    expect(more).toEqual([])
    expect(sent).toMatch(/^POST \/v1\/messages HTTP\/1\.1\r\nhost: 127\.0\.0\.1:\d+\r\n/)
    expect(sent?.split('\r\n\r\n')[1]).toBe(body)
    expect(sent?.match(/\r\ncontent-length: \d+/gi)).toEqual([`\r\n${length}`])
    expect(sent).not.toMatch(/transfer-encoding|evil|override|vendo/i)
  })

  it('what follows a length is another request, never part of this one', async () => {
    const before = broker.raw.requests.length
    const text = await talk(broker.url, message({}) + hidden, answers(2))
    expect(statuses(text)).toEqual([200, 401])
    expect(broker.raw.requests.length - before).toBe(1)
  })
})
