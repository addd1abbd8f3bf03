import fc from 'fast-check'

/** One thing that happens to a store. */
export type HistoryStep =
  | {
      readonly kind: 'hold'
      readonly call: number
      readonly key: string
      readonly wallet: bigint
      readonly spend: bigint
      readonly ttl: number
    }
  | {
      readonly kind: 'settle'
      readonly call: number
      readonly wallet: bigint
      readonly spend: bigint
      readonly background: boolean
    }
  | { readonly kind: 'correct'; readonly call: number; readonly wallet: bigint; readonly spend: bigint }
  | { readonly kind: 'renew'; readonly call: number; readonly ttl: number }
  | { readonly kind: 'topUp'; readonly number: number; readonly amount: bigint }
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'expire' }
  | {
      readonly kind: 'cap'
      readonly key: string
      readonly total: bigint
      readonly concurrency: number
      readonly requests: number
    }
  | { readonly kind: 'prune' }
  | { readonly kind: 'crash' }

/** The keys that steps name. */
export const historyKeys = ['key-a', 'key-b'] as const

const amount = fc.bigInt({ min: 0n, max: 260n })
const call = fc.nat(14)
const key = fc.constantFrom(...historyKeys)
const ttl = fc.integer({ min: 1, max: 90 })

const step: fc.Arbitrary<HistoryStep> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({ kind: fc.constant('hold' as const), call, key, wallet: amount, spend: amount, ttl }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('settle' as const),
      call,
      wallet: amount,
      spend: amount,
      background: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('correct' as const), call, wallet: amount, spend: amount }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('renew' as const), call, ttl }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('topUp' as const),
      number: fc.nat(5),
      amount: fc.bigInt({ min: 1n, max: 400n }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'expire' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('cap' as const),
      key,
      total: fc.bigInt({ min: 0n, max: 900n }),
      concurrency: fc.integer({ min: 1, max: 4 }),
      requests: fc.integer({ min: 1, max: 9 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'prune' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'crash' as const }) },
)

/** Any history of 10 to 80 steps: duplicates and steps in the wrong order come by themselves, for there are few calls. */
export const historySteps: fc.Arbitrary<HistoryStep[]> = fc.array(step, { minLength: 10, maxLength: 80, size: 'max' })
