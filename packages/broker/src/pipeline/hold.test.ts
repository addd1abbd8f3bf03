import { describe, expect, it } from 'vitest'
import type { HoldOutcome } from '../store/records.ts'
import { refusalOf } from './hold.ts'
import type { Admission } from './records.ts'

type Refused = Extract<HoldOutcome, { readonly admitted: false }>

/** As much of an admission as a hold reads: a call that can cost 2,000 nano-USD and fits whatever is left. */
const admission = {
  caller: { key: { id: 'key-1', appId: 'app-1' }, tenantId: 'tenant-1' },
  target: { connection: { id: 'connection-1' }, provider: { slug: 'anthropic' }, byok: false },
  route: { method: 'POST', path: '/v1/messages', class: 'metered' },
  metered: {
    model: 'test-model',
    facts: { stream: false },
    bound: { chargeNanos: 2_000n, listNanos: 2_000n, tokens: 10, fittingMaxOutput: () => 7 },
  },
} as unknown as Admission

const messageOf = (refusal: Partial<Refused>): string => {
  const outcome = {
    admitted: false,
    code: 'spend_cap_daily',
    scope: 'key',
    required: 2_000n,
    available: 1_234n,
  } as const
  return refusalOf({ ...outcome, ...refusal }, admission).message
}

describe('a refusal', () => {
  it.each([
    ['spend_cap_daily', 'key', /\$0\.000001234 of the daily cap of this key is left\. It fits with max_tokens of 7/],
    ['spend_cap_monthly', 'app', /\$0\.000001234 of the monthly cap of the app of this key is left/],
    ['spend_cap_total', 'tenant', /\$0\.000001234 of the total cap of the tenant of this key is left/],
    ['balance_exhausted', 'tenant', /\$0\.000001234 of the balance is left/],
    ['rate_limited', 'key', /This key has reached its limit per minute \(asked for 2000, 1234 left\)/],
    ['concurrency_limited', 'key', /As many calls run as this key may have/],
    ['concurrency_limited', 'app', /As many calls run as the app of this key may have/],
  ] as const)('%s of the %s says what is left', (code, scope, message) => {
    expect(messageOf({ code, scope })).toMatch(message)
  })

  it.each([
    ['spend_cap_daily', 'app', /^The daily cap of the app of this key does not cover/],
    ['spend_cap_monthly', 'tenant', /^The monthly cap of the tenant of this key does not cover/],
    ['spend_cap_total', 'tenant', /^The total cap of the tenant of this key does not cover/],
    ['balance_exhausted', 'tenant', /^The wallet behind this key does not cover/],
    ['rate_limited', 'tenant', /^The tenant of this key has reached its limit per minute\.$/],
    ['rate_limited', 'app', /^The app of this key has reached its limit per minute\.$/],
  ] as const)('%s of the %s keeps its amounts from a key with a cap of its own', (code, scope, message) => {
    const text = messageOf({ code, scope, withheld: true })
    expect(text).toMatch(message)
    expect(text).not.toMatch(/1234|2000|0\.00|max_tokens/)
  })
})
