import { once } from 'node:events'
import { createBarrier, type ScriptedAnswer } from '@vendo/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { anthropicRequest, messageAnswer, messageEvents, messageStream } from '../../test/answers.ts'
import { startTestBroker, upstreamKey } from '../../test/harness.ts'
import { answered, open } from '../../test/http-client.ts'
import { createMetrics } from './metrics.ts'
import { readSamples } from './test/read-samples.ts'
import { createRecordingTracer } from './test/recording-tracer.ts'

const start = async (script: readonly ScriptedAnswer[], forwardTraceContext = false) => {
  const metrics = createMetrics()
  const { tracer, spans } = createRecordingTracer()
  const broker = await startTestBroker({ script, broker: { metrics, tracer, forwardTraceContext } })
  onTestFinished(() => broker.close())
  return { broker, spans, text: () => metrics.text(), samples: async () => readSamples(await metrics.text()) }
}

/** Other work goes on between two looks. */
const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve))
}

const path = '/anthropic/v1/messages'
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

describe('a broker that is watched', () => {
  it('tells of every call once, with its route, and of no secret and no prompt', async () => {
    const { broker, spans, samples, text } = await start([messageAnswer(), messageStream(), messageAnswer()])
    const messages = [{ role: 'user', content: 'canary-prompt-88d1' }]
    for (const stream of [false, true]) await broker.send({ path, json: anthropicRequest({ messages, stream }) })
    await broker.send({ path, json: anthropicRequest({ model: 'canary-model', messages }) })
    await broker.send({ path: '/nobody/v1/messages', json: {} })
    await broker.calls()
    const route = 'integration="anthropic",route="POST /v1/messages"'
    expect(await samples()).toMatchObject({
      [`vendo_calls_total{${route},status="200",code=""}`]: 2,
      [`vendo_calls_total{${route},status="402",code="model_unpriced"}`]: 1,
      'vendo_calls_total{integration="",route="",status="404",code="provider_unknown"}': 1,
      'vendo_ttfb_seconds_count{integration="anthropic"}': 2,
      vendo_added_seconds_count: 2,
      vendo_hold_seconds_count: 2,
      vendo_settle_seconds_count: 2,
      vendo_open_holds: 0,
      vendo_calls_in_flight: 0,
      'vendo_usage_total{integration="anthropic",model="claude-haiku-4-5",meter="input"}': 2000,
    })
    expect(spans.map(({ name }) => name)).toEqual([
      'chat claude-haiku-4-5',
      'chat claude-haiku-4-5',
      'refused model_unpriced',
      'refused provider_unknown',
    ])
    const told = JSON.stringify(spans) + (await text())
    for (const canary of ['canary-prompt-88d1', 'canary-model', broker.key, upstreamKey]) {
      expect([canary, told.includes(canary)]).toEqual([canary, false])
    }
  })

  it('shows the call, its hold and its drain while they last', async () => {
    const more = createBarrier()
    const body = [...messageEvents.slice(0, 3), more, ...messageEvents.slice(3)]
    const { broker, samples } = await start([{ ...messageStream(), body }])
    const client = open(broker.url, {
      path,
      headers: { authorization: `Bearer ${broker.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(anthropicRequest({ stream: true })),
    })
    const answer = await answered(client)
    await once(answer, 'data')
    expect(await samples()).toMatchObject({ vendo_calls_in_flight: 1, vendo_open_holds: 1, vendo_drains_under_way: 0 })
    answer.on('error', () => undefined)
    client.destroy()
    await until(async () => (await samples())['vendo_drains_under_way'] === 1)
    more.open()
    expect(await broker.calls()).toMatchObject([{ state: 'actual' }])
    await until(async () => (await samples())['vendo_calls_in_flight'] === 0)
    expect(await samples()).toMatchObject({
      vendo_open_holds: 0,
      vendo_drains_under_way: 0,
      'vendo_drains_total{outcome="granted"}': 1,
    })
  })

  it.each([
    [false, undefined],
    [true, traceparent],
  ])('a trace of the client goes on here, and to the provider only if asked (%s)', async (asked, seen) => {
    const { broker, spans } = await start([messageAnswer()], asked)
    await broker.send({ path, json: anthropicRequest(), headers: { traceparent } })
    expect(spans[0]?.parent).toMatchObject({ spanId: 'b7ad6b7169203331', isRemote: true })
    expect(broker.upstream.requests[0]?.header('traceparent')).toBe(seen)
  })
})
