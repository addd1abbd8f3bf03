import { expect } from 'vitest'
import { type Bench, noon, type OpenStore, rule, settlementOf } from './bench.ts'

const background = { state: 'estimated', reason: 'background', responseId: 'resp-1' } as const
const final = { walletNanos: 40n, spendNanos: 40n, listNanos: 33n, tokens: 70, quantities: { input: 50, output: 20 } }

const settleInBackground = async ({ credit, hold, settle }: Bench): Promise<void> => {
  await credit(1000n)
  await hold({ attemptId: 'one' })
  await settle('one', background)
}

/** The one correction that an attempt may have. */
export const correctionRules = (openStore: OpenStore): void => {
  rule('a correction moves the money by the difference', openStore, async (bench) => {
    await settleInBackground(bench)
    expect(await bench.store.correct(settlementOf('one', { ...final, responseId: 'resp-1' }))).toBe(true)
    expect(await bench.store.balance('acme')).toMatchObject({ settledNanos: 40n, heldNanos: 0n })
    expect((await bench.store.keySpend('key-1')).totalNanos).toBe(40n)
    const [call] = await bench.store.listCalls({ tenantId: 'acme', limit: 1 })
    expect(call).toMatchObject({ ...final, state: 'actual', reason: null, responseId: 'resp-1', flags: [] })
    expect(call?.quantities).toEqual({ input: 50, output: 20 })
  })

  rule('a correction beyond the hold is charged and flagged', openStore, async (bench) => {
    await settleInBackground(bench)
    await bench.store.correct(settlementOf('one', { walletNanos: 130n, spendNanos: 130n }))
    const [call] = await bench.store.listCalls({ tenantId: 'acme', limit: 1 })
    expect(call).toMatchObject({ walletNanos: 130n, flags: ['overshoot'] })
    expect((await bench.store.balance('acme')).settledNanos).toBe(130n)
  })

  rule('a correction belongs to the windows of the admission', openStore, async (bench) => {
    const keyId = await bench.key({ tokens_per_minute: 100 })
    await bench.credit(1000n)
    await bench.hold({ attemptId: 'one', keyId })
    await bench.settle('one', { ...background, tokens: 100 })
    const nextDay = noon + 24 * 3_600_000
    bench.clock.now = nextDay
    await bench.store.correct(settlementOf('one', final))
    expect(await bench.store.keySpend(keyId)).toMatchObject({ dayNanos: 0n, totalNanos: 40n })
    bench.clock.now = noon
    expect(await bench.store.keySpend(keyId)).toMatchObject({ dayNanos: 40n })
    expect(await bench.hold({ keyId, tokens: 31 })).toMatchObject({ code: 'rate_limited', available: 30n })
    expect(await bench.hold({ keyId, tokens: 30 })).toMatchObject({ admitted: true })
  })

  rule('there is one correction', openStore, async (bench) => {
    await settleInBackground(bench)
    const corrected = await Promise.all(
      [1n, 2n, 3n].map((walletNanos) => bench.store.correct(settlementOf('one', { walletNanos }))),
    )
    expect(corrected.filter(Boolean)).toHaveLength(1)
    expect(await bench.store.correct(settlementOf('one', final))).toBe(false)
  })

  rule('only a background estimate can be corrected', openStore, async ({ store, credit, hold, settle }) => {
    await credit(1000n)
    expect(await store.correct(settlementOf('never-held'))).toBe(false)
    await hold({ attemptId: 'open' })
    expect(await store.correct(settlementOf('open'))).toBe(false)
    await hold({ attemptId: 'actual' })
    await settle('actual')
    expect(await store.correct(settlementOf('actual', final))).toBe(false)
    await hold({ attemptId: 'estimated' })
    await settle('estimated', { state: 'estimated', reason: 'client_gone' })
    expect(await store.correct(settlementOf('estimated', final))).toBe(false)
    expect((await store.balance('acme')).settledNanos).toBe(200n)
  })

  rule('a pending response is found until it is corrected', openStore, async (bench) => {
    await settleInBackground(bench)
    expect(await bench.store.findPendingResponse('acme', 'resp-1')).toMatchObject({
      attemptId: 'one',
      walletNanos: 100n,
    })
    expect(await bench.store.findPendingResponse('acme', 'resp-2')).toBeNull()
    await bench.store.correct(settlementOf('one', { ...final, responseId: 'resp-1' }))
    expect(await bench.store.findPendingResponse('acme', 'resp-1')).toBeNull()
  })

  rule('a response that was measured at once is not pending', openStore, async ({ store, credit, hold, settle }) => {
    await credit(1000n)
    await hold({ attemptId: 'one' })
    await settle('one', { responseId: 'resp-1' })
    expect(await store.findPendingResponse('acme', 'resp-1')).toBeNull()
  })
}
