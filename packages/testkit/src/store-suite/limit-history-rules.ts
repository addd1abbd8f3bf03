import { usdFromNanos } from '@vendo/contract'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Bench, keyOf, noon, type OpenStore, openBench } from './bench.ts'

type SharedLimits = Parameters<Bench['store']['setLimits']>[0]['limits']

/** Two keys of one app and one of another, all of one tenant. */
const keys = [
  { id: 'key-1', app: 'acme-app' },
  { id: 'key-2', app: 'acme-app' },
  { id: 'key-3', app: 'other-app' },
] as const
const scopes = ['key:key-1', 'app:acme-app', 'app:other-app', 'tenant:acme'] as const

type Scope = (typeof scopes)[number]

/** Limits as the model counts them. */
interface Limits {
  readonly day?: bigint
  readonly total?: bigint
  readonly slots?: number
  readonly requests?: number
  readonly tokens?: number
}

type Step =
  | { readonly kind: 'hold'; readonly key: number; readonly spend: bigint; readonly tokens: number }
  | { readonly kind: 'settle'; readonly call: number; readonly spend: bigint; readonly estimated: boolean }
  | { readonly kind: 'refund'; readonly call: number }
  | { readonly kind: 'limit'; readonly scope: Scope; readonly limits: Limits }
  | { readonly kind: 'wait'; readonly minutes: number }

const amount = fc.bigInt({ min: 0n, max: 90n })
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined, freq: 1 })
const limits = fc
  .record({
    day: maybe(fc.bigInt({ min: 50n, max: 400n })),
    total: maybe(fc.bigInt({ min: 50n, max: 800n })),
    slots: maybe(fc.integer({ min: 1, max: 4 })),
    requests: maybe(fc.integer({ min: 1, max: 6 })),
    tokens: maybe(fc.integer({ min: 20, max: 200 })),
  })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Limits)
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('hold' as const), key: fc.nat(2), spend: amount, tokens: fc.nat(60) }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('settle' as const),
        call: fc.nat(30),
        spend: amount,
        estimated: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('refund' as const), call: fc.nat(30) }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('limit' as const), scope: fc.constantFrom(...scopes), limits }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes: fc.constantFrom(1, 1, 720) }) },
  ),
  { minLength: 8, maxLength: 50 },
)

interface Call {
  readonly id: string
  readonly key: string
  readonly app: string
  readonly at: number
  spend: bigint
  tokens: number
  state: 'open' | 'actual' | 'estimated' | 'refunded'
}

/** Whatever the order in which limits come, change and go, each counts exactly the calls of its scope and window. */
export const limitHistoryRules = (openStore: OpenStore): void => {
  it('every history of limits admits and counts what adding up the calls says', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        const bench = await openBench(openStore)
        try {
          await prepare(bench)
          const model = new Model()
          for (const step of history) await takeStep(bench, model, step)
          await compare(bench, model)
        } finally {
          await bench.store.close()
        }
      }),
      { numRuns: 40 },
    )
  }, 120_000)
}

const prepare = async ({ store, credit, key }: Bench): Promise<void> => {
  await store.createApp({ id: 'other-app', tenantId: 'acme', name: 'Other app', createdAt: noon })
  await key({}, { id: 'key-2' })
  await key({}, { id: 'key-3', appId: 'other-app' })
  await store.createKey(keyOf({ id: 'operator', tenantId: null, kind: 'management', scope: 'operator', appId: null }))
  await credit(1_000_000n)
}

const dayOf = (at: number): number => Math.floor(at / 86_400_000)
const minuteOf = (at: number): number => Math.floor(at / 60_000)
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, each) => total + each, 0n)

/** Adds up the calls each time somebody asks. */
class Model {
  readonly calls: Call[] = []
  readonly #limits = new Map<Scope, Limits>()

  limit(scope: Scope, limit: Limits): void {
    this.#limits.set(scope, limit)
  }

  use(scope: Scope, now: number) {
    const [kind, id] = scope.split(':')
    const own = this.calls.filter((call) => kind === 'tenant' || (kind === 'app' ? call.app : call.key) === id)
    const minute = own.filter(({ at }) => minuteOf(at) === minuteOf(now))
    return {
      day: sum(own.filter(({ at }) => dayOf(at) === dayOf(now)).map(({ spend }) => spend)),
      total: sum(own.map(({ spend }) => spend)),
      slots: own.filter(({ state }) => state === 'open').length,
      requests: minute.length,
      tokens: minute.reduce((total, { tokens }) => total + tokens, 0),
    }
  }

  admits(key: (typeof keys)[number], { spend, tokens }: { spend: bigint; tokens: number }, now: number): boolean {
    return ([`key:${key.id}`, `app:${key.app}`, 'tenant:acme'] as Scope[]).every((scope) => {
      const { day, total, slots, requests, tokens: most } = this.#limits.get(scope) ?? {}
      const use = this.use(scope, now)
      return (
        (slots === undefined || use.slots < slots) &&
        (requests === undefined || use.requests < requests) &&
        (most === undefined || tokens === 0 || use.tokens + tokens <= most) &&
        (day === undefined || spend === 0n || use.day + spend <= day) &&
        (total === undefined || spend === 0n || use.total + spend <= total)
      )
    })
  }
}

const takeStep = async (bench: Bench, model: Model, step: Step): Promise<void> => {
  switch (step.kind) {
    case 'wait':
      bench.clock.now += step.minutes * 60_000
      return
    case 'limit':
      model.limit(step.scope, step.limits)
      return setLimits(bench, step.scope, step.limits)
    case 'hold':
      return hold(bench, model, step)
    case 'settle':
      return settle(bench, model, step)
    case 'refund':
      return refund(bench, model, step.call)
  }
}

const setLimits = async ({ store }: Bench, scope: Scope, { day, total, slots, requests, tokens }: Limits) => {
  const [kind, id = ''] = scope.split(':')
  const shared: SharedLimits = {
    ...(day !== undefined && { spend_day_usd: usdFromNanos(day) }),
    ...(total !== undefined && { spend_total_usd: usdFromNanos(total) }),
    ...(slots !== undefined && { concurrency: slots }),
    ...(requests !== undefined && { requests_per_minute: requests }),
    ...(tokens !== undefined && { tokens_per_minute: tokens }),
  }
  const change = { limits: shared, tenantId: 'acme', authorKeyId: null }
  if (kind === 'key') await store.updateKey({ ...change, id })
  else await store.setLimits({ ...change, scope: { kind: kind === 'app' ? 'app' : 'tenant', id } })
}

const hold = async (bench: Bench, model: Model, { key: place, spend, tokens }: Extract<Step, { kind: 'hold' }>) => {
  const key = keys[place] ?? keys[0]
  const id = `call-${model.calls.length}`
  const fits = model.admits(key, { spend, tokens }, bench.clock.now)
  const request = { attemptId: id, keyId: key.id, appId: key.app, spendNanos: spend, walletNanos: spend, tokens }
  expect((await bench.hold(request)).admitted).toBe(fits)
  if (fits) model.calls.push({ id, key: key.id, app: key.app, at: bench.clock.now, spend, tokens, state: 'open' })
}

const settle = async (
  bench: Bench,
  model: Model,
  { call: place, spend, estimated }: Extract<Step, { kind: 'settle' }>,
) => {
  const call = model.calls[place]
  if (call?.state !== 'open') return
  const state = estimated ? 'estimated' : 'actual'
  const reason = estimated ? 'client_gone' : null
  await bench.settle(call.id, { state, reason, spendNanos: spend, walletNanos: spend, listNanos: spend, tokens: 7 })
  Object.assign(call, { state, spend, tokens: 7 })
}

const refund = async ({ store }: Bench, model: Model, place: number): Promise<void> => {
  const call = model.calls[place]
  if (call?.state !== 'estimated' || call.spend === 0n) return
  await store.refund({ attemptId: call.id, amountNanos: null, reason: 'test', authorKeyId: 'operator' })
  Object.assign(call, { state: 'refunded', spend: 0n })
}

const compare = async ({ store, clock }: Bench, model: Model): Promise<void> => {
  for (const scope of scopes) {
    const [kind, id = ''] = scope.split(':')
    const { day, total, slots, requests, tokens } = model.use(scope, clock.now)
    if (kind === 'key') expect(await store.keySpend(id)).toMatchObject({ dayNanos: day, totalNanos: total })
    else {
      const { use } = await store.scopeLimits({ kind: kind === 'app' ? 'app' : 'tenant', id }, 'acme')
      expect(use).toMatchObject({ dayNanos: day, totalNanos: total })
      expect([use.running ?? slots, use.requestsMinute ?? requests, use.tokensMinute ?? tokens]).toEqual([
        ...[slots, requests, tokens],
      ])
    }
  }
  expect(await store.verify()).toMatchObject({ ok: true, problems: [] })
}
