import { createBarrier } from '@vendo/testkit'
import { type Bench, noon, openBench, settlementOf } from '@vendo/testkit/store-suite'
import { afterEach, describe, expect, it } from 'vitest'
import type { Store } from '../store.ts'
import { openPostgresStore } from './open-postgres-store.ts'
import { ConnectionLost } from './postgres-error.ts'
import { createDatabase, runSql, serverUrl } from './test/fresh-database.ts'
import { LostHere, openWatchedStore, type Watch } from './test/watched-store.ts'

const opened: Store[] = []
const keep = <T extends Store>(store: T): T => {
  opened.push(store)
  return store
}

afterEach(async () => {
  for (const store of opened.splice(0)) {
    expect(await store.verify()).toMatchObject({ ok: true, problems: [] })
    await store.close()
  }
})

const clock = () => noon
const nothing = { walletNanos: 0n, spendNanos: 0n, listNanos: 0n, tokens: 0, quantities: {}, lines: [] } as const
const released = { ...nothing, state: 'released', reason: 'ambiguous_hold' } as const

interface PostgresBench extends Bench {
  readonly url: string
}

/** A bench, and further stores on the same database, as other brokers have them. */
const openBrokers = async (
  count: number,
  watch: Watch = () => undefined,
): Promise<[PostgresBench, Store, ...Store[]]> => {
  const url = await createDatabase()
  const bench = await openBench(() => openWatchedStore({ url, watch, clock }))
  keep(bench.store)
  const [second, ...others] = await Promise.all(
    Array.from({ length: Math.max(1, count - 1) }, async () =>
      keep(await openPostgresStore({ url, clock, patienceMs: 10_000 })),
    ),
  )
  if (second === undefined) throw new TypeError('there is always a second one')
  return [{ ...bench, url }, second, ...others]
}

describe.skipIf(serverUrl === undefined)('groups', () => {
  it('200 holds asked together are one transaction of few statements', async () => {
    const statements: string[] = []
    const [bench] = await openBrokers(1, (text, phase) => void (phase === 'before' && statements.push(text)))
    await bench.credit(100_000n)
    statements.length = 0
    await Promise.all(Array.from({ length: 200 }, () => bench.hold()))
    expect(statements.filter((text) => text === 'COMMIT')).toHaveLength(1)
    expect(statements.length).toBeLessThanOrEqual(6)
  })

  it('one hold that cannot be written fails alone, and the others of its group count', async () => {
    const [bench] = await openBrokers(1)
    await bench.credit(100_000n)
    await bench.hold({ attemptId: 'again' })
    const asked = Array.from({ length: 41 }, (_, index) =>
      bench.hold({ attemptId: index === 17 ? 'again' : `g-${index}` }),
    )
    const ends = await Promise.allSettled(asked)
    expect(ends.flatMap((end, index) => (end.status === 'rejected' ? [[index, end.reason.code]] : []))).toEqual([
      [17, 'validation_failed'],
    ])
    expect((await bench.store.balance('acme')).heldNanos).toBe(4100n)
  })

  it('a hold and its settlement in one group leave one closed hold', async () => {
    const [bench] = await openBrokers(1)
    await bench.credit(100n)
    const answers = await Promise.all([
      bench.hold({ attemptId: 'one' }),
      bench.settle('one', { walletNanos: 30n }),
      bench.hold({ attemptId: 'two', walletNanos: 70n }),
      bench.hold({ attemptId: 'three', walletNanos: 1n }),
    ])
    expect(answers).toMatchObject([{ admitted: true }, true, { admitted: true }, { code: 'balance_exhausted' }])
  })
})

describe.skipIf(serverUrl === undefined)('several brokers on one database', () => {
  it('admit exactly 7 of 200 holds against a balance for 7', async () => {
    const [bench, ...others] = await openBrokers(4)
    await useOnce(bench)
    await bench.credit(700n)
    const stores = [bench.store, ...others]
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, index) => {
        const store = stores[index % stores.length] ?? bench.store
        return store.hold({ ...holdOf(`attempt-${index}`) })
      }),
    )
    expect(outcomes.filter(({ admitted }) => admitted)).toHaveLength(7)
  })

  it('decide one after the other: the second sees what the first has committed', async () => {
    const gate = createGate()
    const [bench, second] = await openBrokers(2, gate.watch)
    await useOnce(bench)
    await bench.credit(100n)
    gate.shut()
    const first = bench.hold()
    await gate.reached
    const outcome = second.hold(holdOf('second'))
    const answered = await Promise.race([outcome.then(() => true), untilBlocked(bench)])
    expect(answered).toBe(false)
    gate.open()
    expect(await first).toMatchObject({ admitted: true })
    expect(await outcome).toMatchObject({ code: 'balance_exhausted', available: 0n })
  })

  it('settle an attempt once, whoever held it', async () => {
    const [bench, ...others] = await openBrokers(3)
    await bench.credit(1000n)
    await bench.hold({ attemptId: 'one' })
    const settled = await Promise.all(
      [bench.store, ...others].flatMap((store) =>
        Array.from({ length: 5 }, () => store.settle(settlementOf('one', { walletNanos: 40n }))),
      ),
    )
    expect(settled.filter(Boolean)).toHaveLength(1)
    expect((await bench.store.balance('acme')).settledNanos).toBe(40n)
  })

  it('never settle a call of another broker that still runs', async () => {
    const [bench, second] = await openBrokers(2)
    await bench.credit(1000n)
    await bench.hold({ attemptId: 'live', ttlMs: 60_000 })
    expect(second.exclusive).toBe(false)
    // A broker whose own clock is a year ahead.
    expect(await second.settleOrphans(noon + 365 * 86_400_000)).toBe(0)
  })

  it('bring the schema up to date once, however many start at the same time', async () => {
    const url = await createDatabase()
    const stores = await Promise.all(Array.from({ length: 6 }, () => openPostgresStore({ url, patienceMs: 10_000 })))
    for (const store of stores) keep(store)
    const rows = await runSql(url, 'SELECT version FROM schema_versions ORDER BY version')
    expect(new Set(rows.map(({ version }) => version)).size).toBe(rows.length)
  })
})

describe.skipIf(serverUrl === undefined)('a hold whose commit got no answer', () => {
  const loseTheAnswer =
    (phase: 'before' | 'after'): Watch =>
    (text, at) => {
      if (text === 'COMMIT' && at === phase && armed) throw new LostHere('', { cause: new ConnectionLost('cut') })
    }
  let armed = false
  afterEach(() => {
    armed = false
  })

  it.each(['before', 'after'] as const)('is rejected, and released afterwards (cut %s the commit)', async (phase) => {
    const [bench] = await openBrokers(1, loseTheAnswer(phase))
    await bench.credit(100n)
    armed = true
    await expect(bench.hold({ attemptId: 'lost' })).rejects.toMatchObject({ code: 'store_unavailable' })
    armed = false
    expect(await bench.settle('lost', released)).toBe(phase === 'after')
    expect(await bench.hold({ attemptId: 'next' })).toMatchObject({ admitted: true })
  })

  it('cannot appear after it was released: the release waits for the transaction that may still add it', async () => {
    const gate = createGate()
    const [bench, second] = await openBrokers(2, gate.watch)
    await bench.credit(100n)
    gate.shut()
    const held = bench.hold({ attemptId: 'late' })
    await gate.reached
    const releasing = second.settle(settlementOf('late', released))
    const answered = await Promise.race([releasing.then(() => true), untilBlocked(bench)])
    expect(answered).toBe(false)
    gate.open()
    expect(await held).toMatchObject({ admitted: true })
    expect(await releasing).toBe(true)
    expect((await bench.store.balance('acme')).heldNanos).toBe(0n)
  })
})

/** A gate before the commits of the watched store. */
const createGate = () => {
  const barrier = createBarrier()
  let shut = false
  const watch: Watch = async (text, phase) => {
    if (shut && text === 'COMMIT' && phase === 'before') await barrier.wait()
  }
  return {
    watch,
    shut: () => {
      shut = true
    },
    open: () => barrier.open(),
    reached: barrier.reached,
  }
}

/** Resolves to false as soon as a transaction of the database waits for a lock. */
const untilBlocked = async ({ url }: PostgresBench): Promise<false> => {
  const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
  while ((await runSql(url, waiting)).length === 0);
  return false
}

/** One whole call, so that every account exists. */
const useOnce = async (bench: Bench): Promise<void> => {
  await bench.credit(100n)
  await bench.hold({ attemptId: 'used' })
  await bench.settle('used')
}

const holdOf = (attemptId: string): Parameters<Store['hold']>[0] => ({
  ...{ attemptId, requestId: attemptId, tenantId: 'acme', keyId: 'key-1', appId: 'acme-app' },
  ...{ connectionId: 'acme-anthropic', integration: 'anthropic', route: 'POST /v1/messages', model: null },
  ...{ streamed: true, walletNanos: 100n, spendNanos: 100n, tokens: 100, defaultRequestsPerMinute: null },
  ttlMs: 60_000,
})
