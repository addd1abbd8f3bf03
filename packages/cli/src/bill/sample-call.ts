import type { CallResponse } from '@vendo/contract/api'

/** A settled call for tests of the bill: one plain answer of a small model. */
export const sampleCall = (changes: Partial<CallResponse> = {}): CallResponse => ({
  id: 'att_1',
  request_id: 'req_1',
  integration: 'anthropic',
  route: 'POST /v1/messages',
  model: 'claude-haiku-5-5',
  served_model: 'claude-haiku-5-5',
  key_id: 'key_1',
  app_id: 'app_1',
  connection_id: 'con_1',
  state: 'actual',
  reason: null,
  flags: [],
  admitted_at: '2026-11-20T09:00:00.000Z',
  settled_at: '2026-11-20T09:00:00.214Z',
  upstream_status: 200,
  streamed: false,
  ttfb_ms: 41,
  duration_ms: 214,
  hold_nanos: '900000',
  list_nanos: '32900',
  charge_nanos: '39480',
  cache_savings_nanos: '0',
  reasoning_tokens: null,
  quantities: {},
  lines: [
    { meter: 'input', quantity: 24, rate_usd: '0.1', margin: '0.2', list_nanos: '2400', charge_nanos: '2880' },
    { meter: 'output', quantity: 61, rate_usd: '0.5', margin: '0.2', list_nanos: '30500', charge_nanos: '36600' },
  ],
  ...changes,
})

/** A call that read most of its input from the cache. */
export const cachedCall = (changes: Partial<CallResponse> = {}): CallResponse =>
  sampleCall({
    streamed: true,
    duration_ms: 1_240,
    list_nanos: '1274600',
    charge_nanos: '1529520',
    cache_savings_nanos: '10713600',
    lines: [
      { meter: 'input', quantity: 21, rate_usd: '1', margin: '0.2', list_nanos: '21000', charge_nanos: '25200' },
      {
        meter: 'cache_read',
        quantity: 11_904,
        rate_usd: '0.1',
        margin: '0.2',
        list_nanos: '1190400',
        charge_nanos: '1428480',
      },
      { meter: 'output', quantity: 12, rate_usd: '5.2667', margin: '0.2', list_nanos: '63200', charge_nanos: '75840' },
    ],
    ...changes,
  })
