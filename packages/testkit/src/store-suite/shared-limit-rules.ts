import { expect } from 'vitest'
import { type Bench, keyOf, noon, nothing, type OpenStore, rule, settlementOf } from './bench.ts'

type Limits = Parameters<Bench['store']['setLimits']>[0]['limits']
type Scope = Parameters<Bench['store']['setLimits']>[0]['scope']

const app: Scope = { kind: 'app', id: 'acme-app' }
const tenant: Scope = { kind: 'tenant', id: 'acme' }
const minute = 60_000
const midnight = Date.UTC(2026, 10, 21)

const cap = ({ store }: Bench, scope: Scope, limits: Limits) =>
  store.setLimits({ scope, tenantId: 'acme', limits, authorKeyId: 'key-1' })

/** A second app of acme with one key, beside the app of every other key. */
const addOtherApp = async ({ store }: Bench): Promise<void> => {
  await store.createApp({ id: 'other-app', tenantId: 'acme', name: 'Other app', createdAt: noon })
  await store.createKey(keyOf({ id: 'other-key', appId: 'other-app' }))
}

const other = { keyId: 'other-key', appId: 'other-app' } as const

/** Limits that the keys of an app, or of a tenant, share. */
export const sharedLimitRules = (openStore: OpenStore): void => {
  const limits = [
    ['concurrency_limited', { concurrency: 1 }, 1n, 0n, undefined],
    ['rate_limited', { requests_per_minute: 1 }, 1n, 0n, 60],
    ['rate_limited', { tokens_per_minute: 150 }, 100n, 50n, 60],
    ['spend_cap_daily', { spend_day_usd: '0.00000015' }, 100n, 50n, 12 * 3600],
    ['spend_cap_monthly', { spend_month_usd: '0.00000015' }, 100n, 50n, 10.5 * 24 * 3600],
    ['spend_cap_total', { spend_total_usd: '0.00000015' }, 100n, 50n, undefined],
  ] as const
  for (const scope of [app, tenant]) {
    for (const [code, shared, required, available, retryAfterSeconds] of limits) {
      const name = Object.keys(shared).join()
      const refusal = {
        ...{ admitted: false, code, scope: scope.kind, required, available },
        ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
        ...(code.startsWith('spend_cap') && { heldByOpenCalls: true }),
      }
      rule(`${name} of ${scope.kind} holds over all its keys`, openStore, async (bench) => {
        await bench.credit(1000n)
        await cap(bench, scope, shared)
        expect(await bench.hold()).toMatchObject({ admitted: true })
        expect(await bench.hold({ keyId: await bench.key({}) })).toEqual(refusal)
      })
      rule(`${name} of ${scope.kind} counts the calls that ran before it was set`, openStore, async (bench) => {
        await bench.credit(1000n)
        await bench.hold({ attemptId: 'before' })
        await cap(bench, scope, shared)
        const keyId = await bench.key({})
        expect(await bench.hold({ keyId })).toEqual(refusal)
        await bench.settle('before', nothing)
        const after = await bench.hold({ keyId })
        expect(after.admitted).toBe(name !== 'requests_per_minute')
      })
    }
  }

  rule('an app has nothing to do with the limits of another', openStore, async (bench) => {
    await addOtherApp(bench)
    await bench.credit(1000n)
    await bench.hold(other)
    await cap(bench, app, { spend_total_usd: '0.0000001', concurrency: 1 })
    expect(await bench.hold()).toMatchObject({ admitted: true })
    expect(await bench.hold()).toMatchObject({ code: 'concurrency_limited', scope: 'app' })
    expect(await bench.hold(other)).toMatchObject({ admitted: true })
    await cap(bench, tenant, { spend_total_usd: '0.0000003' })
    expect(await bench.hold(other)).toMatchObject({ code: 'spend_cap_total', scope: 'tenant', available: 0n })
  })

  rule('the narrowest scope that fails is named: key, app, tenant, wallet', openStore, async (bench) => {
    const small = { spend_total_usd: '0.00000005' }
    const keyId = await bench.key(small)
    await cap(bench, app, small)
    await cap(bench, tenant, small)
    expect(await bench.hold({ keyId })).toMatchObject({ scope: 'key', code: 'spend_cap_total' })
    expect(await bench.hold()).toMatchObject({ scope: 'app', code: 'spend_cap_total' })
    await cap(bench, app, {})
    expect(await bench.hold()).toMatchObject({ scope: 'tenant', code: 'spend_cap_total' })
    await cap(bench, tenant, {})
    expect(await bench.hold()).toMatchObject({ scope: 'tenant', code: 'balance_exhausted' })
  })

  rule('amounts of a wider scope are withheld from whoever has a cap of its own', openStore, async (bench) => {
    const keyId = await bench.key({ spend_day_usd: '1' })
    const wallet = async (key?: string) => bench.hold(key === undefined ? {} : { keyId: key })
    expect(await wallet(keyId)).toMatchObject({ code: 'balance_exhausted', withheld: true })
    expect(await wallet()).not.toHaveProperty('withheld')
    await cap(bench, app, { spend_day_usd: '0.00000005' })
    expect(await bench.hold({ keyId })).toMatchObject({ scope: 'app', withheld: true })
    expect(await bench.hold()).not.toHaveProperty('withheld')
    await cap(bench, app, { spend_day_usd: '1' })
    expect(await wallet()).toMatchObject({ code: 'balance_exhausted', withheld: true })
  })

  rule('nobody limits the app of another tenant, or one that is not there', openStore, async (bench) => {
    await bench.store.createTenant({ id: 'rival', name: 'Rival', createdAt: noon })
    const missing = { code: 'not_found' }
    const change = { limits: { concurrency: 1 }, authorKeyId: null }
    await expect(bench.store.setLimits({ ...change, scope: app, tenantId: 'rival' })).rejects.toMatchObject(missing)
    await expect(bench.store.scopeLimits(app, 'rival')).rejects.toMatchObject(missing)
    await expect(
      bench.store.setLimits({ ...change, scope: { kind: 'tenant', id: 'nobody' }, tenantId: 'nobody' }),
    ).rejects.toMatchObject(missing)
    expect((await bench.store.scopeLimits(app, 'acme')).limits).toEqual({})
  })
}

/** Limits that change: the newest version counts, and nothing that was counted is forgotten. */
export const changedLimitRules = (openStore: OpenStore): void => {
  rule('limits show their newest version, who set it, and what counts now', openStore, async (bench) => {
    await bench.credit(1000n)
    expect(await bench.store.scopeLimits(app, 'acme')).toMatchObject({ limits: {}, changedAt: null, authorKeyId: null })
    await bench.hold({ attemptId: 'one' })
    await bench.settle('one', { walletNanos: 60n, spendNanos: 60n, tokens: 30 })
    await bench.hold({ attemptId: 'two' })
    const spent = { dayNanos: 160n, monthNanos: 160n, totalNanos: 160n }
    const uncounted = { requestsMinute: null, tokensMinute: null, running: null }
    for (const scope of [app, tenant]) {
      expect((await bench.store.scopeLimits(scope, 'acme')).use).toEqual({ ...spent, ...uncounted })
      await cap(bench, scope, { concurrency: 7 })
      await cap(bench, scope, { requests_per_minute: 9, tokens_per_minute: 900 })
      await cap(bench, scope, { spend_day_usd: '3' })
      const limits = { spend_day_usd: '3' }
      const use = { ...spent, requestsMinute: 2, tokensMinute: 130, running: 1 }
      expect(await bench.store.scopeLimits(scope, 'acme')).toEqual({
        limits,
        changedAt: noon,
        authorKeyId: 'key-1',
        use,
      })
      expect(await bench.store.sharedLimits(scope, 'acme')).toEqual(limits)
    }
  })

  rule('a limit that was away counts what happened meanwhile', openStore, async (bench) => {
    await bench.credit(1000n)
    await cap(bench, app, { concurrency: 2, tokens_per_minute: 250 })
    await bench.hold()
    await cap(bench, app, {})
    await bench.hold()
    await cap(bench, app, { concurrency: 2 })
    expect(await bench.hold()).toMatchObject({ code: 'concurrency_limited', available: 0n })
    await cap(bench, app, { tokens_per_minute: 250 })
    expect(await bench.hold()).toMatchObject({ code: 'rate_limited', available: 50n })
  })

  rule('a cap that is lowered below what was spent refuses, and rewrites nothing', openStore, async (bench) => {
    await bench.credit(1000n)
    await cap(bench, tenant, { spend_month_usd: '1' })
    await bench.hold({ attemptId: 'one' })
    await bench.settle('one')
    await cap(bench, tenant, { spend_month_usd: '0.00000005' })
    expect(await bench.hold()).toMatchObject({ code: 'spend_cap_monthly', required: 100n, available: 0n })
    expect(await bench.hold({ ...nothing })).toMatchObject({ admitted: true })
    await cap(bench, tenant, { spend_month_usd: '0.0000002' })
    expect(await bench.hold()).toMatchObject({ admitted: true })
  })

  rule('a call that began in an earlier window stays out of the next one', openStore, async (bench) => {
    await bench.credit(1000n)
    bench.clock.now = midnight - 1
    await bench.hold({ attemptId: 'late' })
    bench.clock.now = midnight + minute
    await cap(bench, app, { spend_day_usd: '0.0000001', spend_month_usd: '0.00000025', tokens_per_minute: 100 })
    await cap(bench, tenant, { spend_day_usd: '0.0000001' })
    expect((await bench.store.scopeLimits(app, 'acme')).use).toMatchObject({ dayNanos: 0n, monthNanos: 100n })
    expect(await bench.hold({ attemptId: 'early' })).toMatchObject({ admitted: true })
    expect(await bench.hold({ spendNanos: 60n, walletNanos: 60n, tokens: 0 })).toMatchObject({
      code: 'spend_cap_daily',
    })
    await bench.settle('late')
    await bench.settle('early')
    expect((await bench.store.scopeLimits(app, 'acme')).use).toMatchObject({ dayNanos: 100n, monthNanos: 200n })
  })

  rule('a call that ended before a cap and is corrected after it moves the cap', openStore, async (bench) => {
    await bench.credit(1000n)
    await bench.hold({ attemptId: 'one' })
    await bench.settle('one', { state: 'estimated', reason: 'background', responseId: 'r-1' })
    await cap(bench, app, { spend_day_usd: '0.0000001', tokens_per_minute: 1000 })
    await cap(bench, tenant, { spend_total_usd: '0.0000001' })
    expect(await bench.hold()).toMatchObject({ code: 'spend_cap_daily', available: 0n })
    await bench.store.correct(settlementOf('one', { walletNanos: 40n, spendNanos: 40n, tokens: 3 }))
    expect((await bench.store.scopeLimits(app, 'acme')).use).toMatchObject({ dayNanos: 40n, tokensMinute: 3 })
    expect(await bench.hold({ spendNanos: 60n })).toMatchObject({ admitted: true })
  })

  const edits = [
    ['concurrency_limited', { concurrency: 1 }],
    ['rate_limited', { requests_per_minute: 1 }],
    ['rate_limited', { tokens_per_minute: 100 }],
    ['spend_cap_daily', { spend_day_usd: '0.0000001' }],
    ['spend_cap_total', { spend_total_usd: '0.0000001' }],
  ] as const
  for (const [code, limits] of edits) {
    rule(`a key that is given ${Object.keys(limits)} counts what ran before`, openStore, async (bench) => {
      const { store } = bench
      await bench.credit(1000n)
      await bench.hold({ ...nothing, defaultRequestsPerMinute: 60, attemptId: 'free' })
      await bench.settle('free', nothing)
      await bench.hold({ attemptId: 'paid' })
      const change = { id: 'key-1', tenantId: 'acme', authorKeyId: 'key-1' }
      expect(await store.updateKey({ ...change, limits })).toBe(true)
      expect(await bench.hold()).toMatchObject({ code, scope: 'key', available: 0n })
      await store.updateKey({ ...change, limits: {} })
      expect(await bench.hold()).toMatchObject({ admitted: true })
      await store.updateKey({ ...change, limits })
      await bench.settle('paid')
      expect(await bench.hold()).toMatchObject({ code, available: 0n })
    })
  }

  rule('a key changes what is named, and keeps the rest', openStore, async ({ store, key, hold, clock }) => {
    const keyId = await key({ concurrency: 3 }, { expiresAt: noon + minute })
    const change = { id: keyId, tenantId: 'acme', authorKeyId: null }
    await store.updateKey({ ...change, name: 'renamed' })
    expect(await store.getKey(keyId)).toMatchObject({ name: 'renamed', limits: { concurrency: 3 } })
    await store.updateKey({ ...change, expiresAt: null })
    clock.now = noon + 2 * minute
    expect(await hold({ ...nothing, keyId })).toMatchObject({ admitted: true })
    await store.updateKey({ ...change, expiresAt: noon + minute })
    expect(await hold({ ...nothing, keyId })).toMatchObject({ code: 'app_expired' })
    expect(await store.updateKey({ ...change, tenantId: 'rival' })).toBe(false)
    expect(await store.updateKey({ ...change, id: 'nobody' })).toBe(false)
  })
}
