import { randomBytes } from 'node:crypto'
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { createBarrier, type ScriptedAnswer } from '@vendo/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anthropicRequest } from './answers.ts'
import { decodeLeniently } from './decode-leniently.ts'
import { startTestBroker, type TestBroker, upstreamKey } from './harness.ts'
import { answered, open } from './http-client.ts'

let broker: TestBroker
let next: ScriptedAnswer
beforeAll(async () => {
  broker = await startTestBroker({ script: () => next })
})
afterAll(() => broker.close())

/** Its default takes seconds for a body of a megabyte. */
const brotli = (plain: Buffer) => brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })

type Coding = readonly [encoding: string, encode: (plain: Buffer) => Buffer]
const codings: readonly Coding[] = [
  ['gzip', gzipSync],
  ['X-GZIP', gzipSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
  ['br', brotli],
  ['zstd', zstdCompressSync],
  ['gzip, br', (plain) => brotli(gzipSync(plain))],
  ['identity, deflate, gzip', (plain) => gzipSync(deflateRawSync(plain))],
]
const decodings = codings.map(([, encode]) => encode)
/** Does not compress, so that it comes in many pieces. */
const filler = randomBytes(400_000).toString('base64')
const echo = (long: boolean) => `{"a":"${long ? filler : ''}","key":"${upstreamKey}","b":"${long ? filler : ''}"}`

const ask = (status: number, headers: Record<string, string>, body: Buffer | string) => {
  next = { status, headers: { 'content-type': 'application/json', ...headers }, body }
  return broker.send({
    path: '/anthropic/v1/messages',
    json: anthropicRequest(),
    headers: { 'accept-encoding': 'gzip' },
  })
}

/** Whether the credential can be had from what the client received. */
const leaks = (received: Buffer, encoding: string): boolean => {
  if (received.includes(upstreamKey)) return true
  return decodeLeniently(received, encoding).includes(upstreamKey)
}

describe.each([false, true])('a credential that is echoed in a compressed answer (long: %s)', (long) => {
  it.each(codings)('%s: a 2xx is cut before it, and the call is settled', async (encoding, encode) => {
    const answer = await ask(200, { 'content-encoding': encoding }, encode(Buffer.from(echo(long))))
    expect(leaks(answer.body, encoding)).toBe(false)
    expect(answer.status === 502 || !answer.complete).toBe(true)
    expect((await broker.calls()).every(({ state }) => state !== 'open')).toBe(true)
  })

  it.each(codings)('%s: an error has it blanked, or is cut where it is large', async (encoding, encode) => {
    const answer = await ask(400, { 'content-encoding': encoding }, encode(Buffer.from(echo(long))))
    expect(leaks(answer.body, encoding)).toBe(false)
    if (!long) {
      expect([answer.status, answer.text]).toEqual([
        400,
        echo(false).replace(upstreamKey, '*'.repeat(upstreamKey.length)),
      ])
    }
  })
})

it.each(codings)('%s: an ordinary answer stays byte for byte what it was', async (encoding, encode) => {
  for (const status of [200, 400]) {
    const body = encode(Buffer.from(echo(true).replace(upstreamKey, 'nothing')))
    const answer = await ask(status, { 'content-encoding': encoding }, body)
    expect([answer.status, answer.headers['content-encoding'], answer.complete]).toEqual([status, encoding, true])
    expect(answer.body.equals(body)).toBe(true)
  }
})

it.each(['gzip', 'br'] as const)('%s: an event goes on before the next one is there', async (encoding) => {
  const gates = [createBarrier(), createBarrier()] as const
  const [first, second, third] = ['data: {"n":1}\n\n', 'data: {"n":2}\n\n', 'data: {"n":3}\n\n'] as const
  next = {
    headers: { 'content-type': 'text/event-stream' },
    encoding,
    body: [first, gates[0], second, gates[1], third],
  }
  const answer = await answered(
    open(broker.url, {
      path: '/anthropic/v1/messages',
      headers: { authorization: `Bearer ${broker.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(anthropicRequest({ stream: true })),
    }),
  )
  const received: Buffer[] = []
  const awaited = [first, first + second, first + second + third]
  for await (const piece of answer) {
    received.push(piece as Buffer)
    // The provider sends no more before this client has the whole event.
    const text = decodeLeniently(Buffer.concat(received), encoding).toString()
    gates[awaited.indexOf(text)]?.open()
  }
  expect(decodeLeniently(Buffer.concat(received), encoding).toString()).toBe(awaited[2])
})

it('an error that expands to megabytes before the credential is cut', async () => {
  const body = gzipSync(`${' '.repeat(6_000_000)}${upstreamKey}`)
  const answer = await ask(500, { 'content-encoding': 'gzip' }, body)
  expect(leaks(answer.body, 'gzip')).toBe(false)
})

it('a compressed error that breaks off has nothing of the credential either', async () => {
  const whole = gzipSync(echo(false))
  const answer = await ask(400, { 'content-encoding': 'gzip' }, whole.subarray(0, whole.length - 9))
  expect(leaks(answer.body, 'gzip')).toBe(false)
})

it.each([`x-${upstreamKey}`, upstreamKey.toUpperCase()])('a header named %s stays behind', async (name) => {
  const { headers } = await ask(200, { [name]: '1' }, '{}')
  expect(JSON.stringify(headers).toLowerCase()).not.toContain(upstreamKey)
})

it('every coding here can be undone by the test itself', () => {
  const texts = codings.map(([encoding], index) =>
    decodeLeniently(decodings[index]?.(Buffer.from('plain')) as Buffer, encoding),
  )
  expect(new Set(texts.map(String))).toEqual(new Set(['plain']))
})
