import { meters } from '@vendo/contract'
import { expect } from 'vitest'
import { type Bench, noon, nothing, type OpenStore, rule, settlementOf } from './bench.ts'

const day = 24 * 3_600_000
const line = { meter: 'input', quantity: 3, rateUsd: '5', margin: '0.2', listNanos: 80n, chargeNanos: 100n } as const

/** Three calls on two days: two settled, one still open. */
const makeCalls = async (bench: Bench): Promise<void> => {
  await bench.credit(100_000n)
  const other = await bench.key({}, { id: 'key-other', appId: null, scope: 'tenant' })
  await bench.hold({ attemptId: 'a-1' })
  await bench.settle('a-1', { quantities: { input: 3, output: 5, cache_read: 7 } })
  bench.clock.now = noon + day
  await bench.hold({ attemptId: 'a-2', keyId: other, appId: null, integration: 'openai', model: 'other-model' })
  await bench.settle('a-2', { servedModel: null, cacheSavingsNanos: -4n, quantities: { output: 11 } })
  await bench.hold({ attemptId: 'a-3' })
}

/** A call comes out as it went in. */
export const callRules = (openStore: OpenStore): void => {
  rule('a call shows its hold and its settlement whole', openStore, async ({ store, clock, credit, hold, settle }) => {
    await credit(1000n)
    await hold({ attemptId: 'one', streamed: false })
    clock.now = noon + 250
    const settlement = settlementOf('one', {
      flags: ['split_mismatch'],
      lines: [line],
      reasoningTokens: 2,
      responseId: 'resp-1',
      cacheSavingsNanos: -7n,
    })
    await settle('one', settlement)
    expect(await store.listCalls({ tenantId: 'acme', limit: 5 })).toEqual([
      {
        ...settlement,
        requestId: 'request-of-one',
        tenantId: 'acme',
        keyId: 'key-1',
        appId: 'acme-app',
        connectionId: 'acme-anthropic',
        integration: 'anthropic',
        route: 'POST /v1/messages',
        model: 'test-model',
        streamed: false,
        holdNanos: 100n,
        admittedAt: noon,
        settledAt: noon + 250,
      },
    ])
  })

  rule('a running call is open and costs nothing yet', openStore, async ({ store, credit, hold }) => {
    await credit(1000n)
    await hold({ attemptId: 'one', appId: null, model: null })
    expect(await store.listCalls({ tenantId: 'acme', limit: 5 })).toMatchObject([
      { state: 'open', walletNanos: 0n, lines: [], quantities: {}, settledAt: null, appId: null, model: null },
    ])
  })

  rule(
    'every meter of the contract is kept, and an absent one stays absent',
    openStore,
    async ({ store, credit, hold, settle }) => {
      await credit(1000n)
      await hold({ attemptId: 'one' })
      const quantities = Object.fromEntries(meters.map((meter, index) => [meter, index + 1]))
      await settle('one', { quantities })
      await hold({ attemptId: 'two' })
      await settle('two', { quantities: { output: 4 } })
      const calls = await store.listCalls({ tenantId: 'acme', limit: 5 })
      expect(calls.map((call) => call.quantities)).toEqual([quantities, { output: 4 }])
    },
  )
}

/** Calls in order, in pages, by condition. */
export const listingRules = (openStore: OpenStore): void => {
  rule(
    'calls come oldest first, page by page, without gap or repetition',
    openStore,
    async ({ store, clock, credit, hold }) => {
      await credit(10_000n)
      for (let index = 0; index < 25; index++) {
        clock.now = noon + Math.floor(index / 4)
        await hold({ attemptId: `attempt-${String(index).padStart(2, '0')}` })
      }
      const seen: string[] = []
      for (;;) {
        const after = seen.at(-1)
        const page = await store.listCalls({ tenantId: 'acme', limit: 7, ...(after !== undefined && { after }) })
        seen.push(...page.map(({ attemptId }) => attemptId))
        if (page.length < 7) break
      }
      expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => `attempt-${String(index).padStart(2, '0')}`))
    },
  )

  rule('calls can be asked for by key, by app and since an instant', openStore, async (bench) => {
    await makeCalls(bench)
    const ids = async (query: object) =>
      (await bench.store.listCalls({ tenantId: 'acme', limit: 9, ...query })).map(({ attemptId }) => attemptId)
    expect(await ids({})).toEqual(['a-1', 'a-2', 'a-3'])
    expect(await ids({ keyId: 'key-other' })).toEqual(['a-2'])
    expect(await ids({ appId: 'acme-app' })).toEqual(['a-1', 'a-3'])
    expect(await ids({ since: noon + day })).toEqual(['a-2', 'a-3'])
    expect(await ids({ keyId: 'key-1', since: noon + day, after: 'a-2' })).toEqual(['a-3'])
  })
}

/** Sums over settled calls. */
export const usageRules = (openStore: OpenStore): void => {
  const groupings = [
    ['model', ['other-model', 'test-model-2026']],
    ['integration', ['anthropic', 'openai']],
    ['key', ['key-1', 'key-other']],
    ['app', ['', 'acme-app']],
    ['day', ['2026-11-20', '2026-11-21']],
  ] as const
  for (const [groupBy, groups] of groupings) {
    rule(`usage is summed by ${groupBy}`, openStore, async (bench) => {
      await makeCalls(bench)
      const summary = await bench.store.summarizeUsage({ tenantId: 'acme', groupBy })
      expect(summary.map(({ group }) => group)).toEqual(groups)
      expect(summary.map(({ calls }) => calls)).toEqual([1, 1])
      const first = summary.find(({ quantities }) => quantities.input === 3)
      expect(first).toMatchObject({ chargeNanos: 100n, listNanos: 80n, cacheSavingsNanos: 0n })
      expect(first?.quantities).toEqual({ input: 3, output: 5, cache_read: 7 })
    })
  }

  rule('usage counts corrections, and leaves out what runs and what was released', openStore, async (bench) => {
    const { store, credit, hold, settle } = bench
    await credit(1000n)
    for (const attemptId of ['corrected', 'released', 'open', 'plain']) await hold({ attemptId })
    await settle('corrected', { state: 'estimated', reason: 'background', quantities: { input: 90 } })
    await store.correct(settlementOf('corrected', { walletNanos: 40n, listNanos: 30n, quantities: { output: 6 } }))
    await settle('released', { ...nothing, state: 'released', reason: 'unreachable' })
    await settle('plain')
    expect(
      await store.summarizeUsage({ tenantId: 'acme', groupBy: 'integration', keyId: 'key-1', appId: 'acme-app' }),
    ).toEqual([
      {
        group: 'anthropic',
        calls: 2,
        priceUnknownCalls: 0,
        quantities: { input: 3, output: 11 },
        listNanos: 110n,
        chargeNanos: 140n,
        cacheSavingsNanos: 0n,
      },
    ])
    expect(await store.summarizeUsage({ tenantId: 'acme', groupBy: 'day', since: noon + 1 })).toEqual([])
  })

  rule('usage counts the calls whose price is unknown', openStore, async (bench) => {
    const { store, credit, hold, settle } = bench
    await credit(1000n)
    for (const attemptId of ['unknown', 'known']) await hold({ attemptId })
    await settle('unknown', { state: 'estimated', reason: 'price_unknown', flags: ['price_unknown'], listNanos: 0n })
    await settle('known', { flags: ['above_hold'] })
    const [group] = await store.summarizeUsage({ tenantId: 'acme', groupBy: 'integration' })
    expect(group).toMatchObject({ calls: 2, priceUnknownCalls: 1 })
  })

  rule('the report counts what it has checked', openStore, async (bench) => {
    await makeCalls(bench)
    const report = await bench.store.verify()
    expect(report).toMatchObject({ ok: true, rows: 3, openHolds: 1 })
    // The wallet, and for each key and day: two days and a month and a total for key-1, one of each for the other.
    expect(report.accounts).toBe(1 + 4 + 3)
  })
}
