import { request } from 'node:http'
import { gzipSync } from 'node:zlib'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { answered } from '../http-client.ts'
import {
  answers,
  boundary,
  field,
  file,
  form,
  post,
  type Received,
  receiveInto,
  sound,
  withJson,
} from './audio-broker.ts'
import { talk } from './raw-client.ts'
import { settled, startUploadBroker, type UploadBroker } from './upload-broker.ts'

let broker: UploadBroker
let received: Received[]
beforeAll(async () => {
  broker = await startUploadBroker({ profile: 'vendo_managed_pool', creditUsd: '100' })
})
afterAll(async () => {
  await broker.calls()
  expect(await broker.store.verify()).toMatchObject({ ok: true, openHolds: 0, problems: [] })
  await broker.close()
})
beforeEach(() => {
  received = []
  broker.reset(receiveInto(received, withJson(answers.seconds)))
})

/** Nothing that a provider could begin with has reached it, and nobody pays. */
const expectNothingDone = async (id: string, attempts = 1): Promise<void> => {
  const calls = (await broker.calls()).filter(({ keyId }) => keyId === id)
  const released = { state: 'released', reason: 'upload_incomplete', walletNanos: 0n, spendNanos: 0n }
  expect(calls).toMatchObject(Array(attempts).fill(released))
  for (const { whole, bytes } of received) {
    expect(whole()).toBe(false)
    expect(bytes().includes(`\r\n--${boundary}--`)).toBe(false)
  }
}

const whisper = field('model', 'whisper-1')
const large = file(Buffer.alloc(400_000, 's'))

describe('a form that cannot be billed is refused, wherever in it the reason stands', () => {
  const rows: readonly (readonly [string, Buffer, number, string, RegExp])[] = [
    ['no model', form(large), 400, 'validation_failed', /names no model.*Set `model`/],
    ['an empty model', form(large, field('model', '')), 400, 'validation_failed', /names no model/],
    ['an unknown model', form(large, field('model', 'whisper-9')), 402, 'model_unpriced', /"whisper-9"/],
    ['an unknown model first', form(field('model', 'whisper-9'), large), 402, 'model_unpriced', /"whisper-9"/],
    [
      'a model of other routes',
      form(large, field('model', 'gpt-4o-mini')),
      402,
      'model_unpriced',
      /transcriptions with the model "gpt-4o-mini"/,
    ],
    [
      'plain text',
      form(large, whisper, field('response_format', 'text')),
      400,
      'validation_failed',
      /"text" does not tell.*json or verbose_json or diarized_json/,
    ],
    ['subtitles, first', form(field('response_format', 'srt'), whisper, large), 400, 'validation_failed', /"srt"/],
    [
      'a format of capitals',
      form(large, whisper, field('response_format', 'JSON')),
      400,
      'validation_failed',
      /"JSON"/,
    ],
    [
      'a stream that tells seconds to nobody',
      form(large, whisper, field('stream', 'True')),
      400,
      'validation_failed',
      /stream/,
    ],
    [
      'two models',
      form(field('model', 'gpt-4o-mini-transcribe'), large, whisper),
      400,
      'validation_failed',
      /model twice/,
    ],
    [
      'a model in a file',
      form(large, `--${boundary}\r\nContent-Disposition: form-data; name="model"; filename="m"\r\n\r\nwhisper-1\r\n`),
      400,
      'validation_failed',
      /is a file/,
    ],
    [
      'a model without an end',
      form(large, field('model', 'm'.repeat(2_000))),
      400,
      'validation_failed',
      /longer than 512 bytes/,
    ],
    ['no end', form(large, whisper).subarray(0, -6), 400, 'validation_failed', /has no end/],
    ['nothing at all', Buffer.alloc(0), 400, 'validation_failed', /is empty|has no end/],
    ['no form', Buffer.from('{"model":"whisper-1"}'), 400, 'validation_failed', /does not begin/],
    [
      'a second form behind the first',
      Buffer.concat([form(large, whisper), form(field('model', 'gpt-4o-transcribe'))]),
      400,
      'validation_failed',
      /behind its end/,
    ],
    [
      'ambiguous headers',
      form(large, whisper.replace('name=', 'name="x"; NAME=')),
      400,
      'validation_failed',
      /ambiguous/,
    ],
  ]
  it.each(rows)('%s', async (_name, bytes, status, code, message) => {
    for (const headers of [{}, { 'transfer-encoding': 'chunked' }]) {
      const { id, key } = await broker.mint()
      const answer = await post({ url: broker.url, key }, [bytes], { headers })
      expect(answer).toMatchObject({ status, code })
      expect(JSON.parse(answer.text).error.message).toMatch(message)
      // An announced length of nothing is refused before anything is held.
      const announced = bytes.length > 0 || 'transfer-encoding' in headers
      await expectNothingDone(id, announced ? 1 : 0)
    }
  })

  it('a translation into JSON, whose answer is text alone', async () => {
    const { id, key } = await broker.mint()
    const openai = new OpenAI({ apiKey: key, baseURL: `${broker.url}/openai/v1`, logLevel: 'off' })
    const refused = openai.audio.translations.create({ file: await OpenAI.toFile(sound, 'a.wav'), model: 'whisper-1' })
    await expect(refused).rejects.toThrow(/Set `response_format` to verbose_json\./)
    await expectNothingDone(id)
    const path = '/v1/audio/translations'
    const other = form(large, field('model', 'gpt-4o-transcribe'), field('response_format', 'verbose_json'))
    expect(await post({ url: broker.url, key }, [other], { path })).toMatchObject({ code: 'model_unpriced' })
  })
})

describe('a key that may not', () => {
  it('use the model: refused when the form names it, at the latest', async () => {
    const { id, key } = await broker.mint({ models: ['gpt-4o-*'] })
    const answer = await post({ url: broker.url, key }, [form(large, whisper)])
    expect(answer).toMatchObject({ status: 403, code: 'model_not_allowed' })
    await expectNothingDone(id)
    expect(received).toHaveLength(1)
  })

  it('use any model of the route: refused before anything is sent', async () => {
    const { key } = await broker.mint({ models: ['claude-*', 'gpt-4o'] })
    const answer = await post({ url: broker.url, key }, [form(large, whisper)])
    expect(answer).toMatchObject({ status: 403, code: 'model_not_allowed' })
    expect(received).toEqual([])
  })

  it('is met by dated names too', async () => {
    const { key } = await broker.mint({ models: ['gpt-4o-transcribe-2025-03-20'] })
    broker.reset(receiveInto(received, withJson(answers.tokens)))
    const dated = form(large, field('model', 'gpt-4o-transcribe-2025-03-20'))
    expect((await post({ url: broker.url, key }, [dated])).status).toBe(200)
    const bare = form(large, field('model', 'gpt-4o-transcribe'))
    expect(await post({ url: broker.url, key }, [bare])).toMatchObject({ code: 'model_not_allowed' })
  })

  it('pay for the dearest that the form could ask for: refused before anything is sent', async () => {
    // 30,000 bytes hold 40 s × 0.0001 × 1.2 = 0.0048 USD; a context of tokens costs 0.24.
    const bytes = form(file(Buffer.alloc(30_000)), whisper)
    const { key } = await broker.mint({ spend_day_usd: '0.2' })
    const refused = await post({ url: broker.url, key }, [bytes])
    expect(refused).toMatchObject({ status: 429, code: 'spend_cap_daily' })
    expect(refused.text).not.toContain('It fits with')
    expect(received).toEqual([])
    const { key: only } = await broker.mint({ spend_day_usd: '0.2', models: ['whisper-1'] })
    expect((await post({ url: broker.url, key: only }, [bytes])).status).toBe(200)
  })
})

describe('what is no form is refused before anything is sent', () => {
  it.each([
    ['JSON', { 'content-type': 'application/json' }],
    ['a form without a boundary', { 'content-type': 'multipart/form-data' }],
    ['two boundaries', { 'content-type': `multipart/form-data; boundary=a; boundary=${boundary}` }],
    ['a compressed form', { 'content-encoding': 'gzip' }],
  ])('%s', async (_name, headers) => {
    const answer = await post(broker, [gzipSync(form(large, whisper))], { headers })
    expect(answer).toMatchObject({ status: 415, code: 'unsupported_encoding' })
    expect(received).toEqual([])
  })

  it('two content types, of which the provider might follow the other', async () => {
    const types = ['x', boundary].map((name) => `content-type: multipart/form-data; boundary=${name}`)
    const head = [
      'POST /openai/v1/audio/transcriptions HTTP/1.1',
      'host: localhost',
      `authorization: Bearer ${broker.key}`,
    ]
    const text = await talk(
      broker.url,
      [...head, ...types, 'content-length: 0', 'connection: close', '', ''].join('\r\n'),
    )
    expect(text).toMatch(/^HTTP\/1\.1 415 /)
    expect(received).toEqual([])
  })
})

describe('size', () => {
  const most = 26_214_400 + 2_097_152
  const room = most - form(file(Buffer.alloc(0)), whisper).length
  const megabyte = Buffer.alloc(1_000_000, 's')

  it('an announced length beyond the limit is refused before anything is sent', async () => {
    const answer = await post(broker, [form(file(Buffer.alloc(room + 1)), whisper)])
    expect(answer).toMatchObject({ status: 413, code: 'request_too_large' })
    expect(received).toEqual([])
  })

  it('the largest form passes, and a chunked one that goes on is cut', async () => {
    expect((await post(broker, [form(file(Buffer.alloc(room)), whisper)])).status).toBe(200)
    received.length = 0
    const { id, key } = await broker.mint()
    const bytes = form(file(Buffer.alloc(room + 1)), whisper)
    const answer = await post({ url: broker.url, key }, [bytes], { headers: { 'transfer-encoding': 'chunked' } })
    expect(answer).toMatchObject({ status: 413, code: 'request_too_large' })
    await expectNothingDone(id)
  })

  it('a provider that does not read stops the client; when it reads on, it gets every byte', async () => {
    const open = Promise.withResolvers<Received>()
    broker.reset((message, answer) => {
      receiveInto(received, withJson(answers.seconds))(message, answer)
      message.pause()
      open.resolve(received[0] as Received)
    })
    const begin = file().subarray(0, -2)
    const close = Buffer.from(`\r\n${whisper}--${boundary}--\r\n`)
    const client = request(`${broker.url}/openai/v1/audio/transcriptions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${broker.key}`,
        'content-type': `multipart/form-data; boundary=${boundary}`,
        'content-length': String(begin.length + 25 * megabyte.length + close.length),
      },
      agent: false,
    })
    const before = process.memoryUsage().external
    let sent = 0
    const more = () => {
      while (sent < 25) {
        sent++
        if (!client.write(megabyte)) return void client.once('drain', more)
      }
      client.end(close)
    }
    client.write(begin)
    more()
    const answer = answered(client)
    const { message, bytes } = await open.promise
    expect(await settled(() => sent)).toBeLessThan(16)
    expect(process.memoryUsage().external - before).toBeLessThan(16_000_000)
    message.resume()
    expect((await answer).statusCode).toBe(200)
    expect(bytes().length).toBe(begin.length + 25 * megabyte.length + close.length)
  })
})
