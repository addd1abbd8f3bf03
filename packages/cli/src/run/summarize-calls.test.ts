import { describe, expect, it } from 'vitest'
import { sampleCall } from '../bill/sample-call.ts'
import { paintFor } from '../terminal/paint.ts'
import { summarizeCalls } from './summarize-calls.ts'

const paint = paintFor({ env: {} }, { write: () => {} })
const line = (meter: string, quantity: number) => {
  const free = { rate_usd: '0', margin: '0', list_nanos: '0', charge_nanos: '0' }
  return { meter, quantity, ...free }
}

describe('summarizeCalls', () => {
  it('adds up by model, and says what caching saved, what was slowest and what is not exact', () => {
    const small = sampleCall({
      served_model: 'small',
      lines: [line('input', 1000), line('cache_read', 500), line('output', 7)],
      charge_nanos: '1500000',
      cache_savings_nanos: '250000',
      duration_ms: 900,
    })
    const large = sampleCall({
      served_model: 'large',
      lines: [line('input', 2), line('output', 3)],
      charge_nanos: '20000000',
      duration_ms: 12_345,
      state: 'estimated',
    })
    const text = summarizeCalls({ calls: [small, large, small], simulated: true, budgetNanos: 500_000_000n }, paint)
    expect(text).toMatchInlineSnapshot(`
      "vendo run  SIMULATED: no provider was called
                       calls  input  of it cached  output  amount
      anthropic small      2  3,000         1,000      14  $0.003
      anthropic large      1      2             0       3  $0.020
      total                3  3,002         1,000      17  $0.023

      caching saved  $0.0005 of list price
      slowest call   12.3 s, large
      estimated      1 of the calls, which broke off
      budget         $0.50
      "
    `)
  })

  it('shows no amount where the price is unknown', () => {
    const unknown = sampleCall({
      list_nanos: null,
      flags: ['price_unknown'],
      charge_nanos: '0',
      lines: [],
      quantities: { input: 24, output: 7 },
    })
    const text = summarizeCalls({ calls: [unknown, unknown], simulated: false }, paint)
    expect(text).toMatch(/^total +2 +48 +0 +14 +unknown$/m)
    expect(text).toContain('price unknown  2 of the calls')
    expect(text).not.toContain('$0')
  })

  it('shows list price for calls on own keys, whose charge is nothing', () => {
    const own = sampleCall({ charge_nanos: '0', list_nanos: '40000' })
    expect(summarizeCalls({ calls: [own], simulated: false }, paint)).toContain('$0.00004')
  })
})
