import { usdFromNanos } from '@vendo/contract'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Bench, noon, type OpenStore, openBench } from './bench.ts'
import { createReferenceModel, type ModelLimits, type ReferenceModel } from './reference-model.ts'

const limits: Readonly<Record<string, ModelLimits>> = {
  'key-a': { total: 900n, concurrency: 3, requests: 6 },
  'key-b': { total: 500n, concurrency: 2, requests: 9 },
}

type Step =
  | {
      readonly kind: 'hold'
      readonly call: number
      readonly key: string
      readonly wallet: bigint
      readonly spend: bigint
    }
  | { readonly kind: 'settle'; readonly call: number; readonly wallet: bigint; readonly spend: bigint }
  | { readonly kind: 'topUp'; readonly amount: bigint }
  | { readonly kind: 'wait'; readonly seconds: number }

const amount = fc.bigInt({ min: 0n, max: 260n })
const call = fc.nat(14)
const holdStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('hold'),
  call,
  key: fc.constantFrom('key-a', 'key-b'),
  wallet: amount,
  spend: amount,
})
const settleStep: fc.Arbitrary<Step> = fc.record({ kind: fc.constant('settle'), call, wallet: amount, spend: amount })
const topUpStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('topUp'),
  amount: fc.bigInt({ min: 1n, max: 400n }),
})
const waitStep: fc.Arbitrary<Step> = fc.record({ kind: fc.constant('wait'), seconds: fc.integer({ min: 1, max: 40 }) })
const step = fc.oneof(
  { weight: 5, arbitrary: holdStep },
  { weight: 4, arbitrary: settleStep },
  { weight: 1, arbitrary: topUpStep },
  { weight: 1, arbitrary: waitStep },
)

/** Any order of holds, settlements and top-ups gives what the reference model gives. */
export const interleavingRules = (openStore: OpenStore): void => {
  it('every interleaving ends where the reference model ends', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), (steps) => runSteps(openStore, steps)),
      { numRuns: 40 },
    )
  }, 60_000)
}

const runSteps = async (openStore: OpenStore, steps: readonly Step[]): Promise<void> => {
  const bench = await openBench(openStore)
  try {
    const model = createReferenceModel(limits)
    for (const [id, { total, concurrency, requests }] of Object.entries(limits)) {
      await bench.key({ spend_total_usd: usdFromNanos(total), concurrency, requests_per_minute: requests }, { id })
    }
    const seen = new Set<number>()
    // Asked all at once, so that the store groups them as it likes; the clock stands still in between two waits.
    let asked: Promise<void>[] = []
    for (const next of steps) {
      if (next.kind === 'wait') {
        await Promise.all(asked)
        asked = []
        bench.clock.now += next.seconds * 1000
      } else asked.push(runStep(bench, model, { step: next, seen }))
    }
    await Promise.all(asked)
    expect((await bench.store.balance('acme')).availableNanos).toBe(model.available())
    for (const key of Object.keys(limits)) {
      expect((await bench.store.keySpend(key)).totalNanos).toBe(model.spent(key))
    }
    expect(await bench.store.verify()).toMatchObject({ ok: true, problems: [] })
  } finally {
    await bench.store.close()
  }
}

/** The model answers at once, in the order of asking; the store must give the same answer in its own time. */
const runStep = async (
  bench: Bench,
  model: ReferenceModel,
  { step: next, seen }: { readonly step: Step; readonly seen: Set<number> },
): Promise<void> => {
  if (next.kind === 'topUp') {
    model.topUp(next.amount)
    await bench.credit(next.amount)
  }
  if (next.kind === 'settle') {
    const settled = model.settle(`call-${next.call}`, next.wallet, next.spend)
    const amounts = { walletNanos: next.wallet, spendNanos: next.spend }
    expect(await bench.settle(`call-${next.call}`, amounts)).toBe(settled)
  }
  if (next.kind === 'hold' && !seen.has(next.call)) {
    const { call: number, key: keyId, wallet: walletNanos, spend: spendNanos } = next
    const minute = Math.floor((bench.clock.now - noon) / 60_000)
    const fits = model.hold(`call-${number}`, { key: keyId, minute, wallet: walletNanos, spend: spendNanos })
    if (fits) seen.add(number)
    const outcome = await bench.hold({ attemptId: `call-${number}`, keyId, walletNanos, spendNanos })
    expect(outcome.admitted).toBe(fits)
  }
}
