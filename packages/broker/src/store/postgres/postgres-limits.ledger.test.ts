import { noon, openBench, settlementOf } from '@vendo/testkit/store-suite'
import { describe, expect, it } from 'vitest'
import type { Store } from '../store.ts'
import { openPostgresStore } from './open-postgres-store.ts'
import { createDatabase, serverUrl } from './test/fresh-database.ts'

const chains = 6
const callsPerChain = 20
const rounds = 3

/** Two brokers on one database: what one of them calls, the other one limits. */
const openPair = async () => {
  const url = await createDatabase()
  const clock = () => noon
  const open = (): Promise<Store> => openPostgresStore({ url, clock, patienceMs: 10_000 })
  const bench = await openBench(open)
  await bench.credit(1_000_000n)
  return { bench, other: await open() }
}

describe.skipIf(serverUrl === undefined)('limits that come while another broker calls', () => {
  it.each(Array.from({ length: rounds }, (_, round) => round))('count every call, round %i', async () => {
    const { bench, other } = await openPair()
    try {
      const scopes = [
        { kind: 'app', id: 'acme-app' },
        { kind: 'tenant', id: 'acme' },
      ] as const
      const limits = {
        spend_total_usd: '0.000009',
        concurrency: 1000,
        requests_per_minute: 1000,
        tokens_per_minute: 99_999,
      }
      const openCalls: string[] = []
      let admitted = 0
      const chain = async (name: number): Promise<void> => {
        for (let index = 0; index < callsPerChain; index++) {
          const attemptId = `attempt-${name}-${index}`
          if (!(await bench.hold({ attemptId })).admitted) continue
          admitted++
          if (index % 3 === 0) openCalls.push(attemptId)
          else await bench.store.settle(settlementOf(attemptId, { spendNanos: 40n, walletNanos: 40n }))
        }
      }
      const limit = async (): Promise<void> => {
        for (const scope of scopes) await other.setLimits({ scope, tenantId: 'acme', limits, authorKeyId: null })
      }
      await Promise.all([...Array.from({ length: chains }, (_, name) => chain(name)), limit()])
      for (const scope of scopes) {
        const { use } = await other.scopeLimits(scope, 'acme')
        expect(use).toMatchObject({ requestsMinute: admitted, running: openCalls.length })
      }
      for (const attemptId of openCalls) await other.settle(settlementOf(attemptId))
      expect(await other.verify()).toMatchObject({ ok: true, problems: [], openHolds: 0 })
      const { use } = await bench.store.scopeLimits(scopes[0], 'acme')
      expect(use.totalNanos).toBe((await bench.store.keySpend('key-1')).totalNanos)
    } finally {
      await Promise.all([bench.store.close(), other.close()])
    }
  })
})
