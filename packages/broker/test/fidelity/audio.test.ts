import { createServer } from 'node:http'
import { type Chunking, perByte, randomChunks, whole } from '@vendo/testkit'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createMetrics } from '../../src/index.ts'
import type { CallRecord } from '../../src/store/records.ts'
import {
  answers,
  field,
  file,
  form,
  post,
  type Received,
  receiveInto,
  sound,
  withEvents,
  withJson,
} from './audio-broker.ts'
import { startUploadBroker, type UploadBroker } from './upload-broker.ts'

let pooled: UploadBroker
let own: UploadBroker
let received: Received[]
let onDrain: () => void = () => undefined
beforeAll(async () => {
  const metrics = createMetrics()
  const observer = { ...metrics.observer, drainAsked: () => onDrain() }
  pooled = await startUploadBroker({
    profile: 'vendo_managed_pool',
    creditUsd: '100',
    broker: { metrics: { ...metrics, observer } },
  })
  own = await startUploadBroker({ creditUsd: '0' })
})
afterAll(async () => {
  for (const broker of [pooled, own]) {
    await broker.calls()
    expect(await broker.store.verify()).toMatchObject({ ok: true, openHolds: 0, problems: [] })
    await broker.close()
  }
})
beforeEach(() => {
  received = []
  for (const broker of [pooled, own]) broker.reset(receiveInto(received, withJson(answers.seconds)))
})

const answerWith = (finish: Parameters<typeof receiveInto>[1]): void => {
  for (const broker of [pooled, own]) broker.reset(receiveInto(received, finish))
}

const sdk = ({ url, key }: UploadBroker): OpenAI =>
  new OpenAI({ apiKey: key, baseURL: `${url}/openai/v1`, logLevel: 'off', maxRetries: 0 })

const speech = (): Promise<File> => OpenAI.toFile(sound, 'speech.wav') as Promise<File>

/** The only call of a fresh key. */
const callOf = async (broker: UploadBroker, make: (broker: UploadBroker) => Promise<unknown>): Promise<CallRecord> => {
  const { id, key } = await broker.mint()
  await make({ ...broker, key })
  const calls = (await broker.calls()).filter(({ keyId }) => keyId === id)
  expect(calls).toHaveLength(1)
  return calls[0] as CallRecord
}

describe('a form passes byte for byte', () => {
  const forms = {
    'the file first': form(file(), field('model', 'whisper-1'), field('language', 'en')),
    'the model first': form(field('model', 'whisper-1'), field('response_format', 'verbose_json'), file()),
    'a file of one byte': form(file(Buffer.from('x')), field('model', 'whisper-1')),
  }
  const chunkings: Readonly<Record<string, Chunking>> = {
    'in one piece': whole,
    'byte by byte': perByte,
    'in random pieces': randomChunks(11, 200),
  }
  const rows = Object.entries(forms).flatMap(([name, bytes]) =>
    Object.entries(chunkings).flatMap(([how, chunking]) =>
      [{}, { 'transfer-encoding': 'chunked' }].map(
        (headers) => [name, how, Object.keys(headers)[0] ?? 'content-length', bytes, chunking, headers] as const,
      ),
    ),
  )
  it.each(rows)('%s, %s, %s', async (_name, _how, _framing, bytes, chunking, headers) => {
    const answer = await post(pooled, chunking(bytes), { headers: { ...headers } })
    expect([answer.status, answer.text]).toEqual([200, JSON.stringify(answers.seconds)])
    const [first] = received
    expect(first?.bytes().equals(bytes)).toBe(true)
    const { 'content-length': length, 'transfer-encoding': encoding } = first?.message.headers ?? {}
    const chunked = 'transfer-encoding' in headers
    expect([length, encoding]).toEqual(chunked ? [undefined, 'chunked'] : [String(bytes.length), undefined])
  })

  it('of 25 MiB', async () => {
    const large = Buffer.alloc(26_214_400, '\r\n-')
    const answer = await sdk(pooled).audio.transcriptions.create({
      file: await OpenAI.toFile(large, 'large.wav'),
      model: 'gpt-4o-transcribe',
    })
    expect(answer.text).toBe('hi')
    expect(received[0]?.bytes().includes(large)).toBe(true)
  })
})

describe('the bill', () => {
  // Of 3,000 bytes of sound and a form of some 3,400; 6 kbit/s are 750 bytes a second.
  it.each([
    // 9 s × 0.0001 = 0.0009 USD, × 1.2 = 0.00108.
    ['whisper-1', answers.seconds, 900_000n, 1_080_000n, { audio_second: 9 }],
    // 9 s × 0.000075 = 0.000675 USD, × 1.2 = 0.00081.
    ['gpt-transcribe', answers.seconds, 675_000n, 810_000n, { audio_second: 9 }],
    // (10 + 104) × 2.50 + 21 × 10 = 495 USD per million, × 1.2 = 594.
    ['gpt-4o-transcribe', answers.tokens, 495_000n, 594_000n, { input: 10, input_audio: 104, output: 21 }],
    // (10 + 104) × 1.25 + 21 × 5 = 247.5 USD per million, × 1.2 = 297.
    [
      'gpt-4o-mini-transcribe-2025-12-15',
      answers.tokens,
      247_500n,
      297_000n,
      { input: 10, input_audio: 104, output: 21 },
    ],
  ])('of %s', async (model, answer, listNanos, chargeNanos, quantities) => {
    answerWith(withJson(answer))
    const make = async (broker: UploadBroker) =>
      expect(await sdk(broker).audio.transcriptions.create({ file: await speech(), model })).toEqual(answer)
    const route = 'POST /v1/audio/transcriptions'
    const common = { state: 'actual', reason: null, route, model: null, servedModel: model, listNanos, quantities }
    expect(await callOf(pooled, make)).toMatchObject({ ...common, walletNanos: chargeNanos, spendNanos: chargeNanos })
    // The tenant's own credential: counted and capped at list price, and the wallet pays nothing.
    expect(await callOf(own, make)).toMatchObject({ ...common, walletNanos: 0n, spendNanos: listNanos })
  })

  it('of a diarized answer is that of its usage', async () => {
    answerWith(withJson({ task: 'transcribe', duration: 42.7, text: 'hi', segments: [], usage: answers.tokens.usage }))
    const call = await callOf(pooled, async (broker) =>
      sdk(broker).audio.transcriptions.create({
        file: await speech(),
        model: 'gpt-4o-transcribe-diarize',
        response_format: 'diarized_json',
        chunking_strategy: 'auto',
      }),
    )
    expect(call).toMatchObject({ state: 'actual', walletNanos: 594_000n, servedModel: 'gpt-4o-transcribe-diarize' })
  })

  it('of a translation is its length, a begun second counted whole', async () => {
    answerWith(withJson(answers.verbose))
    const call = await callOf(pooled, async (broker) =>
      sdk(broker).audio.translations.create({
        file: await speech(),
        model: 'whisper-1',
        response_format: 'verbose_json',
      }),
    )
    // 8.47 s are 9.
    expect(call).toMatchObject({ route: 'POST /v1/audio/translations', state: 'actual', walletNanos: 1_080_000n })
    expect(call.lines).toMatchObject([{ meter: 'audio_second', quantity: 9, rateUsd: '0.0001' }])
  })

  it('of a stream is told by its last event', async () => {
    answerWith(
      withEvents(
        { type: 'transcript.text.delta', delta: 'hi' },
        { type: 'transcript.text.done', text: 'hi', usage: answers.tokens.usage },
      ),
    )
    const seen: string[] = []
    const call = await callOf(pooled, async (broker) => {
      const stream = await sdk(broker).audio.transcriptions.create({
        file: await speech(),
        model: 'gpt-4o-transcribe',
        stream: true,
      })
      for await (const event of stream) seen.push(event.type)
    })
    expect(seen).toEqual(['transcript.text.delta', 'transcript.text.done'])
    expect(call).toMatchObject({ state: 'actual', walletNanos: 594_000n })
  })

  it('is held at the dearest model before the form tells its own', async () => {
    const model = 'gpt-4o-mini-transcribe'
    const bytes = form(file(), field('model', model))
    const call = await callOf(pooled, (broker) => post(broker, [bytes]))
    // 16,000 × 2.50 + 16,000 × 10 USD per million = 0.20, × 1.2 = 0.24.
    expect(call.holdNanos).toBe(240_000_000n)
    const { key, id } = await pooled.mint({ models: ['gpt-4o-mini-*', 'claude-*'] })
    await post({ ...pooled, key }, [bytes])
    const [allowed] = (await pooled.calls()).filter(({ keyId }) => keyId === id)
    expect(allowed?.holdNanos).toBe(120_000_000n)
    const { key: whisper, id: whisperId } = await pooled.mint({ models: ['whisper-1'] })
    await post({ ...pooled, key: whisper }, [form(file(), field('model', 'whisper-1'))])
    const [cheap] = (await pooled.calls()).filter(({ keyId }) => keyId === whisperId)
    // The form's own bytes count as sound: 3,252 / 750 are 5 s × 0.0001, × 1.2.
    expect(cheap).toMatchObject({ holdNanos: 600_000n, walletNanos: 1_080_000n, flags: ['above_hold', 'overshoot'] })
  })

  it('of an answer without usage is the bound of the model that was named', async () => {
    answerWith(withJson({ text: 'hi' }))
    const make = (broker: UploadBroker) => post(broker, [form(file(), field('model', 'gpt-4o-mini-transcribe'))])
    expect(await callOf(pooled, make)).toMatchObject({
      state: 'estimated',
      reason: 'no_usage',
      holdNanos: 240_000_000n,
      // Input at its bound, 16,000 × 1.25 = 0.02 USD; of the output the 13 bytes of the answer × 5. And × 1.2.
      walletNanos: 24_078_000n,
    })
  })

  it('shows in the usage of the tenant', async () => {
    const groups = await pooled.store.summarizeUsage({ tenantId: 'ten_test', groupBy: 'model' })
    const whisper = groups.find(({ group }) => group === 'whisper-1')
    expect(whisper?.quantities.audio_second).toBeGreaterThanOrEqual(18)
  })
})

describe('when something ends early', () => {
  const bytes = form(file(), field('model', 'whisper-1'))

  it('a refusal of the provider costs nothing', async () => {
    answerWith(withJson({ error: { message: 'Invalid file format.' } }, 400))
    const call = await callOf(pooled, async (broker) => {
      const refused = sdk(broker).audio.transcriptions.create({ file: await speech(), model: 'whisper-1' })
      await expect(refused).rejects.toBeInstanceOf(OpenAI.BadRequestError)
    })
    expect(call).toMatchObject({ state: 'actual', walletNanos: 0n, upstreamStatus: 400, servedModel: 'whisper-1' })
  })

  it('a provider that refuses in the middle of the form is heard at once, and costs nothing', async () => {
    pooled.reset((_message, answer) => withJson({ error: { message: 'slow down' } }, 429)(answer))
    const call = await callOf(pooled, async (broker) => {
      expect((await post(broker, [bytes])).status).toBe(429)
    })
    expect(call).toMatchObject({ state: 'actual', walletNanos: 0n, upstreamStatus: 429 })
  })

  it('a provider that dies before it has the form costs nothing', async () => {
    pooled.reset((message) => void message.once('data', () => message.destroy()))
    const call = await callOf(pooled, async (broker) => {
      const large = form(file(Buffer.alloc(8_000_000)), field('model', 'whisper-1'))
      expect(await post(broker, [large])).toMatchObject({ status: 502, code: 'upstream_error' })
    })
    expect(call).toMatchObject({ state: 'released', reason: 'upload_incomplete', walletNanos: 0n })
  })

  it('a provider that dies with the whole form in its hands is charged as estimated', async () => {
    pooled.reset((message) => void message.resume().once('end', () => message.socket.destroy()))
    const call = await callOf(pooled, (broker) => post(broker, [bytes]))
    // 3,252 bytes hold 5 s × 0.0001, × 1.2.
    expect(call).toMatchObject({ state: 'estimated', reason: 'upstream_died', walletNanos: 600_000n })
    expect(call.flags).toContain('refundable')
  })

  it('a client that leaves in the middle of its form pays nothing', async () => {
    const call = await callOf(pooled, async ({ url, key }) => {
      const begun = Promise.withResolvers<void>()
      pooled.reset((message) => {
        message.once('data', () => begun.resolve())
        message.on('error', () => undefined).resume()
      })
      const leaving = new AbortController()
      const client = fetch(`${url}/openai/v1/audio/transcriptions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'multipart/form-data; boundary=----odd-boundary' },
        body: new ReadableStream({ start: (stream) => stream.enqueue(bytes.subarray(0, -40)) }),
        signal: leaving.signal,
        duplex: 'half',
      } as RequestInit)
      await begun.promise
      leaving.abort()
      await expect(client).rejects.toThrow()
    })
    expect(call).toMatchObject({ state: 'released', reason: 'upload_incomplete', walletNanos: 0n })
  })

  it('a client that leaves behind its form pays what the answer tells', async () => {
    const call = await callOf(pooled, async ({ url, key }) => {
      const asked = Promise.withResolvers<void>()
      const left = Promise.withResolvers<void>()
      answerWith((answer) => {
        asked.resolve()
        void left.promise.then(() => withJson(answers.seconds)(answer))
      })
      const leaving = new AbortController()
      const client = fetch(`${url}/openai/v1/audio/transcriptions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'multipart/form-data; boundary=----odd-boundary' },
        body: bytes,
        signal: leaving.signal,
      })
      await asked.promise
      const draining = Promise.withResolvers<void>()
      onDrain = draining.resolve
      leaving.abort()
      await expect(client).rejects.toThrow()
      await draining.promise
      left.resolve()
    })
    expect(call).toMatchObject({ state: 'actual', walletNanos: 1_080_000n })
  })

  it('a provider that cannot be reached is tried again with the whole form', async () => {
    const closed = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => closed.once('listening', resolve))
    const { port } = closed.address() as { port: number }
    await new Promise((resolve) => closed.close(resolve))
    const broker = await startUploadBroker({
      profile: 'vendo_managed_pool',
      broker: { upstreamOrigins: { openai: `http://127.0.0.1:${port}` } },
    })
    expect(await post(broker, [bytes])).toMatchObject({ status: 502, code: 'upstream_error' })
    expect((await broker.calls()).map(({ state, reason }) => [state, reason])).toEqual([
      ['released', 'not_dispatched'],
      ['released', 'not_dispatched'],
    ])
    await broker.close()
  })
})
