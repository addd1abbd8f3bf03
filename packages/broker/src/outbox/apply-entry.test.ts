import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createApplier } from './apply-entry.ts'
import type { OutboxEntry } from './outbox-entry.ts'
import { settleDeadlineMs } from './store-deadline.ts'

// The deadline yields once with a real setImmediate, so that one stays real.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

const entryOf = (kind: OutboxEntry['kind']) => ({ kind, settlement: { attemptId: 'att_1' } }) as OutboxEntry

/** A store that takes so long, and what was told of it. */
const start = (ms: number) => {
  const told: [string, number][] = []
  const applied: OutboxEntry[] = []
  const settle = () => new Promise<boolean>((resolve) => setTimeout(() => resolve(true), ms))
  const apply = createApplier({
    store: { settle, correct: settle },
    observer: { settled: (attemptId, took) => void told.push([attemptId, took]) },
    onApplied: (entry) => void applied.push(entry),
  })
  return { apply, told, applied }
}

it.each([
  ['terminal', 1, 1],
  ['release', 1, 0],
  ['correction', 0, 1],
] as const)('a %s is timed %i times and told %i times', async (kind, timed, listened) => {
  const { apply, told, applied } = start(20)
  const ending = apply(entryOf(kind))
  await vi.advanceTimersByTimeAsync(20)
  expect([await ending, told.length, applied.length]).toEqual([true, timed, listened])
})

it('a settlement after the deadline fails, and its time is told when it comes', async () => {
  const { apply, told, applied } = start(settleDeadlineMs + 1_000)
  const ending = apply(entryOf('terminal')).catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(settleDeadlineMs)
  expect(await ending).toMatchObject({ code: 'store_unavailable' })
  expect(told).toEqual([])
  await vi.advanceTimersByTimeAsync(1_000)
  expect(told).toEqual([['att_1', settleDeadlineMs + 1_000]])
  expect(applied).toEqual([])
})
