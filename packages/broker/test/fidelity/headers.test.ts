import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anthropicRequest } from '../answers.ts'
import { answered, open } from '../http-client.ts'
import { type RawBroker, rawAnswer, startRawBroker } from './raw-broker.ts'
import { answers, rawMessage, talk } from './raw-client.ts'
import type { RawReply } from './raw-upstream.ts'

let broker: RawBroker
let headers: readonly string[]
const reply: RawReply = (socket) => socket.write(Buffer.from(rawAnswer(headers), 'latin1'))
beforeAll(async () => {
  broker = await startRawBroker(reply)
})
afterAll(() => broker.close())

/** The answer's headers as they came off the wire, by lower-case name. */
const answerTo = async (sent: readonly string[], extra: Record<string, string | string[]> = {}) => {
  headers = sent
  const client = open(broker.url, {
    path: '/anthropic/v1/messages',
    headers: { authorization: `Bearer ${broker.key}`, 'content-type': 'application/json', ...extra },
    // A string would make Node write the headers as UTF-8, too.
    body: Buffer.from(JSON.stringify(anthropicRequest())),
  })
  const answer = await answered(client)
  answer.resume()
  await new Promise((resolve) => answer.once('end', resolve))
  expect(answer.statusCode).toBe(200)
  const { rawHeaders } = answer
  return (name: string) => rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name)
}

describe('a header of the answer is kept', () => {
  it.each([
    ['retry-after', '7'],
    ['retry-after-ms', '70'],
    ['x-should-retry', 'true'],
    ['request-id', 'req_upstream'],
    ['x-request-id', 'req_openai'],
    ['anthropic-organization-id', 'org'],
    ['anthropic-ratelimit-requests-limit', '50'],
    ['anthropic-ratelimit-tokens-reset', '2030-01-01T00:00:00Z'],
    ['anthropic-fast-mode', 'x'],
    ['openai-organization', 'org'],
    ['openai-processing-ms', '12'],
    ['openai-version', '2020-10-01'],
    ['x-ratelimit-limit-requests', '10'],
    ['x-ratelimit-remaining-tokens', '0'],
    ['x-ratelimit-reset-requests', '6m0s'],
    ['cf-ray', 'abc-FRA'],
    ['cf-cache-status', 'DYNAMIC'],
    ['server', 'cloudflare'],
    ['via', '1.1 google'],
    ['date', 'Tue, 15 Nov 1994 08:12:31 GMT'],
    ['etag', '"abc"'],
    ['vary', 'Accept-Encoding'],
    ['cache-control', 'no-store'],
    ['content-language', 'en'],
    ['content-disposition', 'inline; filename="a.json"'],
    ['www-authenticate', 'Bearer'],
    ['x-new-thing-nobody-knows', 'value; with="quotes", and commas'],
    ['x-latin', 'caf\u00e9'],
    ['x-utf-8', Buffer.from('naïve ✓ 日本').toString('latin1')],
    ['x-empty', ''],
    ['constructor', 'a word that objects inherit'],
  ])('%s: %s', async (name, value) => {
    expect((await answerTo([`${name}: ${value}`]))(name)).toEqual([value])
  })

  it('as often as it came, in its order', async () => {
    const values = ['one', 'two', 'one']
    const get = await answerTo(values.map((value) => `x-many: ${value}`))
    expect(get('x-many')).toEqual(values)
  })
})

const utf8 = Buffer.from('attachment; filename="größe 日本.txt"').toString('latin1')
const latin1 = 'attachment; filename="gr\u00f6\u00dfe.txt"'

/** Node has a rule of its own for this header beside a length. */
describe('bytes beyond ASCII in a content-disposition survive, and the length with them', () => {
  const body = 'x'.repeat(50)
  const length = `content-length: ${body.length}`
  it.each([
    ['UTF-8, before the length', utf8, [`content-disposition: ${utf8}`, length]],
    ['UTF-8, after the length', utf8, [length, `Content-Disposition: ${utf8}`]],
    ['latin1, before the length', latin1, [`content-disposition: ${latin1}`, length]],
    ['latin1, after the length', latin1, [length, `content-disposition: ${latin1}`]],
    ['UTF-8, without a length', utf8, [`content-disposition: ${utf8}`, 'connection: close']],
  ])('%s', async (_name, value, lines) => {
    for (const status of [200, 404]) {
      const head = [`HTTP/1.1 ${status} X`, 'content-type: application/json', ...lines, '', body].join('\r\n')
      await broker.raw.reset((socket) => {
        socket.write(Buffer.from(head, 'latin1'))
        if (!lines.includes(length)) socket.end()
      })
      const text = await talk(broker.url, rawMessage({ key: broker.key }), (got) => got.includes(body))
      expect(text).toContain(`\r\ncontent-disposition: ${value}\r\n`)
      expect(text.includes(`\r\n${length}\r\n`)).toBe(lines.includes(length))
    }
    await broker.raw.reset(reply)
  })
})

describe('a header of the answer is dropped', () => {
  it.each([
    ['proxy-connection', 'x'],
    ['proxy-authenticate', 'Basic'],
    ['keep-alive', 'timeout=1'],
    ['te', 'trailers'],
    ['trailer', 'x-checksum'],
    ['upgrade', 'h2c'],
    ['set-cookie', '__cf_bm=abc; path=/'],
    ['set-cookie2', 'old'],
    ['alt-svc', 'h3=":443"; ma=86400'],
    ['strict-transport-security', 'max-age=1'],
    ['clear-site-data', '"*"'],
    ['vendo-error-code', 'balance_exhausted'],
    ['x-vendo-warnings', 'forged'],
  ])('%s: %s', async (name, value) => {
    expect((await answerTo([`${name}: ${value}`]))(name)).not.toContain(value)
  })

  it('that Connection names: it belongs to the provider’s hop', async () => {
    const get = await answerTo(['connection: keep-alive, X-Hop', 'x-hop: secret path', 'x-end: yes'])
    expect([get('x-hop'), get('x-end')]).toEqual([[], ['yes']])
  })
})

it('the broker adds its request id, and forges none of the provider’s', async () => {
  const get = await answerTo(['request-id: req_upstream', 'x-vendo-request-id: forged'])
  expect(get('request-id')).toEqual(['req_upstream'])
  expect(get('x-vendo-request-id')).toEqual([expect.stringMatching(/^req_/)])
})

describe('a header of the request', () => {
  const forwarded = () => broker.raw.requests.at(-1)?.split('\r\n') ?? []
  it.each([
    ['anthropic-beta', 'one,two', ['anthropic-beta: one,two']],
    ['anthropic-version', '2024-01-01', ['anthropic-version: 2024-01-01']],
    ['user-agent', 'Anthropic/JS 1.0', ['user-agent: Anthropic/JS 1.0']],
    ['x-stainless-retry-count', '0', ['x-stainless-retry-count: 0']],
    ['idempotency-key', 'abc', [expect.stringMatching(/^idempotency-key: [0-9a-f]{64}$/)]],
    ['accept-encoding', 'zstd, br', ['accept-encoding: zstd, br']],
    ['x-unknown', 'caf\u00e9', ['x-unknown: caf\u00e9']],
    ['x-utf-8', Buffer.from('größe ✓').toString('latin1'), [`x-utf-8: ${Buffer.from('größe ✓').toString('latin1')}`]],
    ['x-many', ['one', 'two'], ['x-many: one', 'x-many: two']],
    ['cookie', 'a=b', []],
    ['te', 'trailers', []],
    ['x-forwarded-for', '10.0.0.1', []],
    ['proxy-authorization', 'Basic x', []],
    ['x-vendo-connection', 'con_anthropic', []],
  ])('%s: %s', async (name, value, expected) => {
    await answerTo([], { [name]: value })
    expect(forwarded().filter((line) => line.toLowerCase().startsWith(`${name}:`))).toEqual(expected)
  })

  it.each([
    ['UTF-8', utf8],
    ['latin1', latin1],
  ])('content-disposition in %s, which Node’s own client would spoil', async (_name, value) => {
    headers = []
    const length = `content-length: ${Buffer.byteLength(JSON.stringify(anthropicRequest()))}`
    const line = `content-disposition: ${value}`
    await talk(broker.url, rawMessage({ key: broker.key, headers: [length, line] }), answers(1))
    expect(forwarded()).toContain(line)
  })
})
