import { setTimeout as pause } from 'node:timers/promises'
import { type Barrier, createBarrier, eventStreamAnswer, type ScriptedRequest } from '@vendo/testkit'
import { startTestPostgres, type TestPostgres } from '@vendo/testkit/postgres'
import { describe, expect, it } from 'vitest'
import type { CallRecord } from '../../src/store/records.ts'
import { anthropicRequest, messageEvents } from '../answers.ts'
import { createFaultyStore } from '../faulty-store.ts'
import { startTestBroker, type TestBroker, type TestBrokerOptions } from '../harness.ts'
import { openPlace } from '../open-place.ts'
import { startChaosRun } from './chaos-run.ts'
import { chaosStores } from './chaos-stores.ts'
import { loadScript, startLoad } from './outage-load.ts'

const outageMs = Number(process.env['VENDO_CHAOS_OUTAGE_MS'] ?? 60_000)
const calmMs = 2_000
const clients = 8
const longStreams = 10
const run = startChaosRun()

/** How a store goes down, and comes back. */
interface Outage {
  readonly options: Pick<TestBrokerOptions, 'openStore' | 'seenByBroker'>
  readonly begin: () => Promise<void>
  readonly end: () => Promise<void>
  readonly remove: () => Promise<void>
}

/** Every call of the store fails; one in four of those under way at that moment was done all the same. */
const failingStore = async (): Promise<Outage> => {
  const faulty = createFaultyStore()
  const begin = async () => {
    const startedAt = performance.now()
    faulty.fault = () => (performance.now() - startedAt < 50 && run.below(4) === 0 ? 'lost' : 'refused')
  }
  const end = async () => {
    faulty.fault = () => 'none'
  }
  return { options: { seenByBroker: faulty.seenByBroker }, begin, end, remove: async () => undefined }
}

/** The database server itself ends, as in a power cut, and starts again on the same data. */
const crashingPostgres = async (): Promise<Outage> => {
  const server: TestPostgres = await startTestPostgres()
  return {
    options: { openStore: () => openPlace(server.url('postgres')) },
    begin: () => server.crash(),
    end: () => server.restart(),
    remove: server.stop,
  }
}

const outages = { sqlite: failingStore, postgres: crashingPostgres } as const

const everyCall = async ({ store }: TestBroker): Promise<readonly CallRecord[]> => {
  const calls: CallRecord[] = []
  for (;;) {
    const after = calls.at(-1)?.attemptId
    const page = await store.listCalls({ tenantId: 'ten_test', limit: 500, ...(after === undefined ? {} : { after }) })
    calls.push(...page)
    if (page.length < 500) return calls
  }
}

/** Everything that was decided has reached the store. */
const settled = async (broker: TestBroker): Promise<readonly CallRecord[]> => {
  for (;;) {
    const calls = await everyCall(broker)
    if (calls.every(({ state }) => state !== 'open')) return calls
    await pause(50)
  }
}

/** Streams that have begun before the outage and end in the middle of it. */
const startLongStreams = (broker: TestBroker) =>
  Array.from({ length: longStreams }, () =>
    broker.send({
      path: '/anthropic/v1/messages',
      json: anthropicRequest({ stream: true }),
      headers: { 'x-chaos-long': '1' },
    }),
  )

const sufferOutage = async (broker: TestBroker, outage: Outage, gate: Barrier) => {
  const streams = startLongStreams(broker)
  await broker.upstream.received(longStreams)
  const load = startLoad(broker, clients)
  await pause(calmMs)
  await outage.begin()
  await pause(outageMs / 2)
  gate.open()
  const endings = await Promise.all(streams)
  await pause(outageMs / 2)
  await outage.end()
  await pause(calmMs)
  await load.stop()
  return { endings, calls: await settled(broker), ...load.result }
}

type Suffered = Awaited<ReturnType<typeof sufferOutage>>

const judge = ({ endings, calls, answered, refused, cut, strange }: Suffered, broker: TestBroker): string => {
  expect(strange).toEqual([])
  expect(cut).toEqual([])
  expect(endings.map(({ complete }) => complete)).toEqual(Array(longStreams).fill(true))
  expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['store_unavailable']))
  const slowest = Math.max(...refused.map(({ ms }) => ms))
  expect(slowest).toBeLessThan(1_500)
  const dispatched = calls.filter(({ state }) => state !== 'released')
  expect(dispatched).toHaveLength(broker.upstream.requests.length)
  const wanted = [...answered, ...endings.map(({ headers }) => String(headers['x-vendo-request-id']))]
  expect(dispatched.map(({ requestId }) => requestId).sort()).toEqual(wanted.sort())
  expect(new Set(dispatched.map(({ state }) => state))).toEqual(new Set(['actual']))
  const released = calls.length - dispatched.length
  return `${answered.length} calls answered, ${longStreams} streams went on, ${refused.length} refused (slowest ${Math.round(slowest)} ms), ${released} holds given back`
}

describe.concurrent.each(chaosStores)('the store is down, on $name', ({ name }) => {
  it(`for ${outageMs / 1_000} s under load: every upstream call that happened has a row, and none has two`, async () => {
    const outage = await outages[name as keyof typeof outages]()
    const gate = createBarrier()
    const long = eventStreamAnswer([...messageEvents.slice(0, 2), gate, ...messageEvents.slice(2)])
    const script = (request: ScriptedRequest) =>
      request.header('x-chaos-long') === undefined ? loadScript(request) : long
    const broker = await startTestBroker({ script, creditUsd: '1000000', ...outage.options })
    try {
      const summary = judge(await sufferOutage(broker, outage, gate), broker)
      expect(await broker.store.verify()).toMatchObject({ ok: true, openHolds: 0, problems: [] })
      run.report(`${name}: down for ${outageMs / 1_000} s: ${summary}`)
    } finally {
      await broker.close()
      await outage.remove()
    }
  })
})
