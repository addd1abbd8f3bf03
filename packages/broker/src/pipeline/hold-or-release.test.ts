import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { HoldFate } from '../outbox/outbox.ts'
import { admissionDeadlineMs } from '../outbox/store-deadline.ts'
import type { HoldOutcome } from '../store/records.ts'
import type { PipelineDependencies } from './dependencies.ts'
import type { HoldInput } from './hold.ts'
import { holdOrRelease } from './hold-or-release.ts'

// The deadline yields once with a real setImmediate, so that one stays real.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

const input = {
  attemptId: 'att_1',
  subject: { requestId: 'req_1' },
  admission: { target: { connection: { id: 'con_1' } }, route: { method: 'GET', path: '/v1/models', class: 'free' } },
  client: {},
} as unknown as HoldInput

/** A store that admits after so long, and what came of it. */
const start = (ms: number) => {
  const told: [string, boolean, number][] = []
  const fates: Promise<HoldFate>[] = []
  const outcome: HoldOutcome = { admitted: true, admittedAt: 7 }
  const dependencies = {
    store: { hold: () => new Promise((resolve) => setTimeout(() => resolve(outcome), ms)) },
    gate: { whenUsable: () => undefined, suspect: () => undefined },
    observer: { holdAnswered: (...answer: [string, boolean, number]) => void told.push(answer) },
    outbox: { release: async (_draft: unknown, fate: Promise<HoldFate>) => void fates.push(fate) },
    inFlight: { settling: () => undefined },
    line: { size: 0 },
  } as unknown as PipelineDependencies
  return { ending: holdOrRelease(dependencies, input).catch((error: unknown) => error), told, fates }
}

it('a hold in time is told, and nothing is given back', async () => {
  const { ending, told, fates } = start(50)
  await vi.advanceTimersByTimeAsync(50)
  expect(await ending).toMatchObject({ id: 'att_1', admittedAt: 7 })
  expect([told, fates]).toEqual([[['att_1', true, 50]], []])
})

it('a hold after the deadline is refused and given back, and its time is told when it comes', async () => {
  const { ending, told, fates } = start(5_000)
  await vi.advanceTimersByTimeAsync(admissionDeadlineMs)
  expect(await ending).toMatchObject({ code: 'store_unavailable' })
  expect([told, fates.length]).toEqual([[], 1])
  await vi.advanceTimersByTimeAsync(5_000 - admissionDeadlineMs)
  expect(told).toEqual([['att_1', true, 5_000]])
  expect(await fates[0]).toBe('held')
})
