import { eventStreamAnswer, jsonAnswer } from '@vendo/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { startTestBroker, type TestBroker, type TestBrokerOptions, upstreamKey } from './harness.ts'

let broker: TestBroker
const start = async (options: TestBrokerOptions) => {
  broker = await startTestBroker(options)
  return broker
}
afterEach(async () => {
  expect((await broker.store.verify()).problems).toEqual([])
  await broker.close()
})

const models = '/gemini/v1beta/models/gemini-2.5-flash'
const json = { contents: [{ parts: [{ text: 'Hi' }] }], generationConfig: { maxOutputTokens: 200 } }
const part = (usageMetadata: object, candidate: object = {}) => ({
  candidates: [{ content: { parts: [{ text: 'Hello.' }], role: 'model' }, index: 0, ...candidate }],
  usageMetadata,
  modelVersion: 'gemini-2.5-flash',
})
const usage = { promptTokenCount: 1000, candidatesTokenCount: 60, thoughtsTokenCount: 40, totalTokenCount: 1100 }
const whole = part(usage, { finishReason: 'STOP' })
const event = (data: object) => `data: ${JSON.stringify(data)}\r\n\r\n`
// $0.30 in and $2.50 out per million, plus the margin of 20 %.
const billed = { state: 'actual', listNanos: 300_000n + 250_000n, walletNanos: 660_000n }

describe('a Gemini call', () => {
  it('takes its model from the path, its key from where Google has it, and is billed exactly', async () => {
    const { upstream, key } = await start({ script: jsonAnswer(whole) })
    const headers = { authorization: '', 'x-goog-api-key': key, 'x-goog-fieldmask': 'candidates' }
    const answer = await broker.send({ path: `${models}:generateContent`, json, headers })
    expect(answer.text).toBe(JSON.stringify(whole))
    const [request] = upstream.requests
    expect(request?.url).toBe('/v1beta/models/gemini-2.5-flash:generateContent')
    expect(request?.header('x-goog-api-key')).toBe(upstreamKey)
    expect(request?.header('x-goog-fieldmask')).toBeUndefined()
    expect((await broker.calls())[0]).toMatchObject({
      ...billed,
      model: 'gemini-2.5-flash',
      streamed: false,
      reasoningTokens: 40,
      quantities: { input: 1000, output: 100 },
    })
  })

  it('streams events, with the key in the query', async () => {
    const first = part({ promptTokenCount: 1000, totalTokenCount: 1000 })
    const { upstream, key } = await start({ script: eventStreamAnswer([event(first), event(whole)]) })
    const path = `/gemini/v1/models/gemini-2.5-flash:streamGenerateContent?alt=sse&key=${key}`
    const answer = await broker.send({ path, json, headers: { authorization: '' } })
    expect(answer.text).toBe(event(first) + event(whole))
    expect(upstream.requests[0]?.url).toBe('/v1/models/gemini-2.5-flash:streamGenerateContent?alt=sse')
    expect((await broker.calls())[0]).toMatchObject({ ...billed, streamed: true })
  })

  it('streams one JSON array where no events were asked for', async () => {
    await start({ script: jsonAnswer([part({ promptTokenCount: 1000 }), whole]) })
    await broker.send({ path: `${models}:streamGenerateContent`, json })
    expect((await broker.calls())[0]).toMatchObject({ ...billed, streamed: true })
  })

  it('counts tokens for nothing', async () => {
    await start({ script: jsonAnswer({ totalTokens: 3 }) })
    expect((await broker.send({ path: `${models}:countTokens`, json })).status).toBe(200)
    expect((await broker.calls())[0]).toMatchObject({ state: 'actual', walletNanos: 0n })
  })

  it.each(['fields=candidates', '%66ields=candidates', '$fields=x', 'alt=proto', 'callback=f', 'access_token=t'])(
    'does not forward ?%s, which could hide what it cost',
    async (query) => {
      const { upstream } = await start({ script: jsonAnswer(whole) })
      const answer = await broker.send({ path: `${models}:generateContent?${query}`, json })
      expect(answer.status).toBe(400)
      expect(answer.json()).toMatchObject({ error: { code: 400, status: 'INVALID_ARGUMENT' } })
      expect(upstream.requests).toEqual([])
    },
  )

  it.each([
    ['search, which nothing limits', { tools: [{ googleSearch: {} }] }, 400, 'INVALID_ARGUMENT'],
    ['a tier without rates', { serviceTier: 'priority' }, 402, 'FAILED_PRECONDITION'],
    ['more than the wallet holds', { generationConfig: { candidateCount: 8 } }, 402, 'FAILED_PRECONDITION'],
  ])("is refused in Gemini's words: %s", async (_, more, status, name) => {
    const { upstream } = await start({ script: jsonAnswer(whole), creditUsd: '1' })
    const answer = await broker.send({ path: `${models}:generateContent`, json: { ...json, ...more } })
    expect([answer.status, answer.json()]).toMatchObject([status, { error: { code: status, status: name } }])
    expect(upstream.requests).toEqual([])
  })
})
