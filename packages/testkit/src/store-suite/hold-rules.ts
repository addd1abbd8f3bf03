import { expect } from 'vitest'
import { type Bench, noon, nothing, type OpenStore, rule } from './bench.ts'

const admitted = (outcomes: readonly { admitted: boolean }[]): number => outcomes.filter((each) => each.admitted).length

/** Whose calls are admitted at all. */
export const holdRules = (openStore: OpenStore): void => {
  rule('an admitted hold takes its amount off the balance', openStore, async ({ store, credit, hold }) => {
    await credit(250n)
    expect(await hold()).toEqual({ admitted: true, admittedAt: noon })
    expect(await store.balance('acme')).toEqual({
      creditNanos: 250n,
      settledNanos: 0n,
      heldNanos: 100n,
      availableNanos: 150n,
    })
  })

  const standings: readonly [code: string, name: string, change: (bench: Bench) => Promise<unknown>][] = [
    ['app_revoked', 'a revoked key', ({ store }) => store.revokeKey('key-1', noon)],
    ['app_expired', 'an expired key', ({ key }) => key({}, { id: 'key-e', expiresAt: noon })],
    ['app_unknown', 'a management key', ({ key }) => key({}, { id: 'key-m', kind: 'management', scope: 'tenant' })],
    [
      'connection_revoked',
      'a revoked connection',
      ({ store }) => store.setConnectionStatus('acme-anthropic', 'revoked'),
    ],
    [
      'connection_needs_reauth',
      'a connection to be renewed',
      ({ store }) => store.setConnectionStatus('acme-anthropic', 'needs_reauth'),
    ],
  ]
  for (const [code, name, change] of standings) {
    rule(`${name} is refused at the next admission`, openStore, async (bench) => {
      await bench.credit(1000n)
      expect(await bench.hold()).toMatchObject({ admitted: true })
      const made = await change(bench)
      const keyId = typeof made === 'string' ? made : 'key-1'
      expect(await bench.hold({ keyId })).toMatchObject({ admitted: false, code })
    })
  }

  rule('unknown keys and connections are refused', openStore, async ({ hold }) => {
    expect(await hold({ keyId: 'nobody' })).toMatchObject({ admitted: false, code: 'app_unknown' })
    expect(await hold({ connectionId: 'nothing' })).toMatchObject({ admitted: false, code: 'connection_revoked' })
  })
}

/** Every limit refuses what goes beyond it, the narrowest first, and a refusal leaves nothing behind. */
export const limitRules = (openStore: OpenStore): void => {
  const limits = [
    ['concurrency_limited', { concurrency: 1 }, 1n, 0n, undefined],
    ['rate_limited', { requests_per_minute: 1 }, 1n, 0n, 60],
    ['rate_limited', { tokens_per_minute: 150 }, 100n, 50n, 60],
    ['spend_cap_daily', { spend_day_usd: '0.00000015' }, 100n, 50n, 12 * 3600],
    ['spend_cap_monthly', { spend_month_usd: '0.00000015' }, 100n, 50n, 10.5 * 24 * 3600],
    ['spend_cap_total', { spend_total_usd: '0.00000015' }, 100n, 50n, undefined],
  ] as const
  for (const [code, keyLimits, required, available, retryAfterSeconds] of limits) {
    rule(`${Object.keys(keyLimits)} refuses with ${code} what goes beyond it`, openStore, async (bench) => {
      await bench.credit(1000n)
      const keyId = await bench.key(keyLimits)
      expect(await bench.hold({ keyId })).toMatchObject({ admitted: true })
      const refusal = { admitted: false, code, scope: 'key', required, available }
      expect(await bench.hold({ keyId })).toEqual({
        ...refusal,
        ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
        ...(code.startsWith('spend_cap') && { heldByOpenCalls: true }),
      })
      expect((await bench.store.keySpend(keyId)).totalNanos).toBe(100n)
      expect((await bench.store.balance('acme')).heldNanos).toBe(100n)
    })
  }

  rule('the wallet refuses what it does not cover', openStore, async ({ credit, hold }) => {
    await credit(99n)
    const refusal = { admitted: false, code: 'balance_exhausted', scope: 'tenant', required: 100n, available: 99n }
    expect(await hold()).toEqual(refusal)
    await credit(1n)
    expect(await hold()).toMatchObject({ admitted: true })
  })

  rule('the narrowest failing limit is named, the wallet last', openStore, async ({ key, hold, credit }) => {
    const limitsInOrder = {
      spend_day_usd: '0.00000005',
      spend_month_usd: '0.00000005',
      spend_total_usd: '0.00000005',
    }
    const { spend_day_usd: _, ...withoutDay } = limitsInOrder
    expect(await hold({ keyId: await key(limitsInOrder) })).toMatchObject({ code: 'spend_cap_daily' })
    expect(await hold({ keyId: await key(withoutDay) })).toMatchObject({ code: 'spend_cap_monthly' })
    expect(await hold({ keyId: await key({ spend_total_usd: '0.00000005' }) })).toMatchObject({
      code: 'spend_cap_total',
    })
    expect(await hold()).toMatchObject({ code: 'balance_exhausted' })
    await credit(1n)
  })

  rule(
    'a refusal by the last limit leaves nothing in those before it',
    openStore,
    async ({ store, key, hold, credit }) => {
      const keyId = await key({
        concurrency: 1,
        requests_per_minute: 1,
        tokens_per_minute: 100,
        spend_day_usd: '0.0000001',
      })
      for (let attempt = 0; attempt < 5; attempt++) {
        expect(await hold({ keyId })).toMatchObject({ code: 'balance_exhausted' })
      }
      expect(await store.keySpend(keyId)).toEqual({ dayNanos: 0n, monthNanos: 0n, totalNanos: 0n })
      expect(await store.listCalls({ tenantId: 'acme', limit: 10 })).toEqual([])
      await credit(100n)
      expect(await hold({ keyId })).toMatchObject({ admitted: true })
    },
  )
}

/** What asks for nothing is refused by nothing. */
export const zeroRules = (openStore: OpenStore): void => {
  rule(
    'a bring-your-own-key call needs no balance and still counts against caps',
    openStore,
    async ({ store, key, hold }) => {
      const keyId = await key({ spend_total_usd: '0.0000001' })
      expect(await hold({ keyId, walletNanos: 0n })).toMatchObject({ admitted: true })
      expect(await store.keySpend(keyId)).toMatchObject({ totalNanos: 100n })
      expect(await hold({ keyId, walletNanos: 0n })).toMatchObject({ code: 'spend_cap_total' })
    },
  )

  rule(
    'a free call passes an exhausted wallet and exhausted caps',
    openStore,
    async ({ key, hold, credit, settle }) => {
      const keyId = await key({ spend_day_usd: '0.0000001', tokens_per_minute: 100 })
      await credit(100n)
      await hold({ keyId, attemptId: 'dear' })
      await settle('dear', { walletNanos: 300n, spendNanos: 300n, tokens: 900 })
      expect(await hold({ keyId, ...nothing })).toMatchObject({ admitted: true })
      expect(await hold({ keyId, ...nothing, walletNanos: 1n })).toMatchObject({
        code: 'balance_exhausted',
        available: 0n,
      })
    },
  )

  rule('the default rate applies to keys that set none', openStore, async ({ key, hold }) => {
    const free = { ...nothing, defaultRequestsPerMinute: 2 }
    const outcomes = [await hold(free), await hold(free), await hold(free)]
    expect(outcomes.map((outcome) => outcome.admitted)).toEqual([true, true, false])
    const keyId = await key({ requests_per_minute: 3 })
    const own = [await hold({ ...free, keyId }), await hold({ ...free, keyId }), await hold({ ...free, keyId })]
    expect(admitted(own)).toBe(3)
  })
}

/** However many ask at once, and whatever they ask for, a limit holds. */
export const parallelRules = (openStore: OpenStore): void => {
  const budgets = [
    ['a balance', {}, 700n],
    ['a spend cap', { spend_total_usd: '0.0000007' }, 100_000n],
    ['a concurrency', { concurrency: 7 }, 100_000n],
    ['a request rate', { requests_per_minute: 7 }, 100_000n],
    ['a token rate', { tokens_per_minute: 799 }, 100_000n],
  ] as const
  for (const [name, keyLimits, balance] of budgets) {
    rule(
      `of 200 parallel holds against ${name} for 7, exactly 7 are admitted`,
      openStore,
      async ({ key, hold, credit }) => {
        await credit(balance)
        const keyId = await key(keyLimits)
        expect(admitted(await Promise.all(Array.from({ length: 200 }, () => hold({ keyId }))))).toBe(7)
      },
    )
  }

  rule('an attempt is held once', openStore, async ({ store, credit, hold }) => {
    await credit(1000n)
    await hold({ attemptId: 'one' })
    await expect(hold({ attemptId: 'one' })).rejects.toMatchObject({ code: 'validation_failed' })
    expect((await store.balance('acme')).heldNanos).toBe(100n)
  })

  rule('amounts that no call can have are refused', openStore, async ({ hold, credit }) => {
    await credit(1000n)
    const absurd = [
      { walletNanos: -1n },
      { spendNanos: -1n },
      { tokens: -1 },
      { tokens: 0.5 },
      { spendNanos: 2n ** 62n },
    ]
    for (const amounts of absurd) await expect(hold(amounts)).rejects.toMatchObject({ code: 'validation_failed' })
  })

  rule('a cap beyond any money is no cap', openStore, async ({ key, hold, credit }) => {
    await credit(1000n)
    const keyId = await key({ spend_day_usd: '99999999999999999999' })
    expect(await hold({ keyId })).toMatchObject({ admitted: true })
  })
}
