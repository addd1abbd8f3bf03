import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ScriptedRequest, type ScriptedUpstream, startScriptedUpstream } from '@vendo/testkit'
import { describe, expect, it } from 'vitest'
import { createBroker } from '../../src/index.ts'
import type { CallRecord, LedgerReport } from '../../src/store/records.ts'
import { anthropicRequest, messageEvents, messageStream } from '../answers.ts'
import { minting, seed } from '../harness.ts'
import { open } from '../http-client.ts'
import { openPlace } from '../open-place.ts'
import { testVault } from '../test-vault.ts'
import { startBrokerChild } from './broker-child.ts'
import { startChaosRun } from './chaos-run.ts'
import { chaosStores } from './chaos-stores.ts'

const rounds = 5
const calls = 60
const run = startChaosRun()

type Key = Awaited<ReturnType<ReturnType<typeof minting>>>
type Signal = 'SIGTERM' | 'SIGKILL'

/** Sends one call with a key of its own, so that provider and ledger can be compared. It may end in any way. */
const call = async (url: string, { id, key }: Key): Promise<void> => {
  const client = open(url, {
    path: '/anthropic/v1/messages',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'x-chaos-id': id },
    body: JSON.stringify(anthropicRequest({ stream: true })),
  })
  client.on('error', () => undefined)
  client.on('response', (answer) => answer.on('error', () => undefined).resume())
  await new Promise((resolve) => client.once('close', resolve))
}

/** A third ends at once, a third breaks off, a third never ends. */
const script = (_request: ScriptedRequest, index: number) => {
  if (index % 3 === 0) return messageStream()
  return { ...messageStream(), body: messageEvents.slice(0, 3), end: index % 3 === 1 ? 'destroy' : 'hang' } as const
}

/** Starts a broker on a fresh store, calls it, and ends it when the provider has seen so many of the calls. */
const endUnderLoad = async (place: string, upstream: ScriptedUpstream, signal: Signal, after: number) => {
  const store = await openPlace(place)
  await seed(store, testVault(), { creditUsd: '1000' })
  const mint = minting(store)
  const keys: Key[] = []
  for (let count = 0; count < calls; count++) keys.push(await mint())
  await store.close()
  const child = await startBrokerChild(place, upstream.origin)
  const sent = keys.map((key) => call(child.url, key))
  await upstream.received(after)
  const code = await child.end(signal)
  await Promise.all(sent)
  return code
}

/** What the next broker finds, after it has started on the same store. */
const findAfterwards = async (place: string): Promise<{ rows: readonly CallRecord[]; report: LedgerReport }> => {
  const store = await openPlace(place)
  const broker = createBroker({ store, vault: testVault() })
  await broker.listen({ port: 0 })
  const rows = await store.listCalls({ tenantId: 'ten_test', limit: 1_000 })
  const report = await store.verify()
  await broker.close()
  return { rows, report }
}

describe.each(chaosStores)('a broker process that ends under load, on $name', ({ name, place: placeIn }) => {
  it.each(['SIGTERM', 'SIGKILL'] as const)('by %s: one row for every call that the provider saw', async (signal) => {
    const tally = { seen: 0, rows: 0, actual: 0, orphaned: 0, open: 0 }
    for (let round = 0; round < rounds; round++) {
      const folder = await mkdtemp(join(tmpdir(), 'vendo-ended-'))
      const upstream = await startScriptedUpstream(script)
      try {
        const place = await placeIn(folder)
        const code = await endUnderLoad(place, upstream, signal, 1 + run.below(calls - 1))
        expect(code).toBe(signal === 'SIGTERM' ? 0 : 'SIGKILL')
        const { rows, report } = await findAfterwards(place)
        const seen = upstream.requests.map((request) => request.header('x-chaos-id') ?? '')
        expect(new Set(seen).size).toBe(seen.length)
        // An attempt of which nothing was sent is a row of its own.
        const sent = rows.filter(({ state }) => state !== 'released')
        const keysWithRow = new Set(sent.map(({ keyId }) => keyId))
        expect(keysWithRow.size, 'one row for each key').toBe(sent.length)
        expect(seen.filter((id) => !keysWithRow.has(id))).toEqual([])
        const orphaned = rows.filter(({ reason }) => reason === 'orphaned').length
        const stillOpen = rows.filter(({ state }) => state === 'open').length
        // Only the processes that share a Postgres may not judge each other's holds before they expire.
        if (signal === 'SIGTERM' || name === 'sqlite') expect(stillOpen).toBe(0)
        if (signal === 'SIGTERM') expect(orphaned).toBe(0)
        expect(report).toMatchObject({ ok: true, openHolds: stillOpen, problems: [] })
        tally.seen += seen.length
        tally.rows += rows.length
        tally.actual += rows.filter(({ state }) => state === 'actual').length
        tally.orphaned += orphaned
        tally.open += stillOpen
      } finally {
        await upstream.close()
        await rm(folder, { recursive: true, force: true })
      }
    }
    run.report(
      `${name}, ${signal}: ${rounds} times under ${calls} calls: the provider saw ${tally.seen}, rows ${tally.rows} (${tally.actual} actual, ${tally.orphaned} orphaned, ${tally.open} open until they expire)`,
    )
  })
})
