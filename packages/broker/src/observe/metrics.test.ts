import { describe, expect, it } from 'vitest'
import { createMetrics } from './metrics.ts'
import { readSamples } from './test/read-samples.ts'
import { endedCall, progressOf, refusedCall } from './test/sample-calls.ts'

const samplesOf = async (metrics: ReturnType<typeof createMetrics>) => readSamples(await metrics.text())

describe('metrics of calls', () => {
  it('count by integration, route, status and code', async () => {
    const metrics = createMetrics()
    metrics.observer.callEnded(endedCall())
    metrics.observer.callEnded(endedCall())
    metrics.observer.callRefused(refusedCall({ progress: progressOf(0) }))
    metrics.observer.callRefused(refusedCall({ integration: undefined, status: 404, code: 'provider_unknown' }))
    expect(await samplesOf(metrics)).toMatchObject({
      'vendo_calls_total{integration="anthropic",route="POST /v1/messages",status="200",code=""}': 2,
      'vendo_calls_total{integration="anthropic",route="POST /v1/messages",status="402",code="balance_exhausted"}': 1,
      'vendo_calls_total{integration="",route="",status="404",code="provider_unknown"}': 1,
      'vendo_calls_refused_total{integration="anthropic",code="balance_exhausted"}': 1,
      'vendo_calls_refused_total{integration="",code="provider_unknown"}': 1,
    })
  })

  it('measure in seconds: the whole call, the first byte, and what the broker added', async () => {
    const metrics = createMetrics()
    metrics.observer.callEnded(endedCall())
    metrics.observer.holdAnswered('att_1', true, 2)
    metrics.observer.settled('att_1', 3)
    expect(await samplesOf(metrics)).toMatchObject({
      'vendo_call_seconds_sum{integration="anthropic"}': 1,
      'vendo_ttfb_seconds_sum{integration="anthropic"}': 0.3,
      vendo_added_seconds_sum: 0.0006,
      vendo_added_seconds_count: 1,
      vendo_hold_seconds_sum: 0.002,
      vendo_settle_seconds_sum: 0.003,
    })
  })

  it('have no first byte for a call that got none', async () => {
    const metrics = createMetrics()
    metrics.observer.callEnded(endedCall({ status: 0 }, { ttfbMs: null }))
    expect(await samplesOf(metrics)).not.toHaveProperty('vendo_ttfb_seconds_count{integration="anthropic"}')
  })

  it('count what was used, by the model of the rate tables, and estimates by their reason', async () => {
    const metrics = createMetrics()
    metrics.observer.callEnded(endedCall())
    metrics.observer.callEnded(endedCall({}, { state: 'estimated', reason: 'unpriced', quantities: {} }))
    metrics.observer.callEnded(endedCall({ ratedModel: undefined }, { quantities: { input: 7 } }))
    expect(await samplesOf(metrics)).toMatchObject({
      'vendo_usage_total{integration="anthropic",model="claude-haiku-4-5",meter="cache_read"}': 200,
      'vendo_usage_total{integration="anthropic",model="other",meter="input"}': 7,
      'vendo_calls_estimated_total{integration="anthropic",reason="unpriced"}': 1,
      'vendo_calls_unpriced_total{integration="anthropic",model="claude-haiku-4-5"}': 1,
    })
  })
})

describe('labels have few values, whatever providers and callers send', () => {
  it('a finding is its kind, without the provider’s word behind it', async () => {
    const metrics = createMetrics()
    for (let index = 0; index < 100; index++) {
      const flags = [`unknown_usage_key:new_${index}_tokens`, `served_model_unpriced:model-${index}`]
      metrics.observer.callEnded(endedCall({ requestModel: `alias-${index}` }, { servedModel: `m-${index}`, flags }))
    }
    const samples = await samplesOf(metrics)
    expect(samples['vendo_findings_total{integration="anthropic",finding="unknown_usage_key"}']).toBe(100)
    expect(Object.keys(samples).filter((name) => name.startsWith('vendo_findings'))).toHaveLength(2)
    expect(Object.keys(samples).length).toBeLessThan(30)
  })
})

describe('gauges', () => {
  it('show the holds that are not settled, even when one is settled twice or was never seen', async () => {
    const metrics = createMetrics()
    metrics.observer.holdAnswered('att_1', true, 1)
    metrics.observer.holdAnswered('att_2', true, 1)
    metrics.observer.holdAnswered('att_3', false, 1)
    for (const attemptId of ['att_1', 'att_1', 'att_9']) metrics.observer.settled(attemptId, 1)
    expect((await samplesOf(metrics))['vendo_open_holds']).toBe(1)
  })
  it('show what the broker says at the moment of the question', async () => {
    const metrics = createMetrics()
    let calls = 3
    metrics.observer.watch({
      callsInFlight: () => calls,
      outboxWaiting: () => 2,
      callsWaiting: () => 3,
      logLinesDropped: () => 4,
    })
    metrics.observer.drainAsked(true)
    metrics.observer.drainAsked(false)
    expect(await samplesOf(metrics)).toMatchObject({
      vendo_calls_in_flight: 3,
      vendo_outbox_waiting: 2,
      vendo_log_lines_dropped_total: 4,
      vendo_drains_under_way: 1,
      'vendo_drains_total{outcome="refused"}': 1,
    })
    calls = 0
    metrics.observer.drainEnded()
    expect(await samplesOf(metrics)).toMatchObject({ vendo_calls_in_flight: 0, vendo_drains_under_way: 0 })
  })
  it('describe themselves, and two brokers of one process do not meet', async () => {
    const one = createMetrics()
    one.observer.callEnded(endedCall())
    expect(Object.keys(await samplesOf(createMetrics()))).not.toContainEqual(
      expect.stringMatching('vendo_calls_total{'),
    )
    expect(one.describe()).toContainEqual({
      name: 'vendo_calls_refused_total',
      type: 'counter',
      labels: ['integration', 'code'],
      help: expect.any(String),
    })
  })
})
