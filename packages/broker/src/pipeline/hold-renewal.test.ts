import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { silentLogger } from '../observe/logger.ts'
import { createHoldRenewal, type HoldRenewal } from './hold-renewal.ts'

const ttlMs = 8_000
let renewed: string[][]
let failing: boolean
let renewal: HoldRenewal

beforeEach(() => {
  vi.useFakeTimers()
  ;[renewed, failing] = [[], false]
  const renewHolds = async (attemptIds: readonly string[], ttl: number) => {
    expect(ttl).toBe(ttlMs)
    if (failing) throw new Error('down')
    renewed.push([...attemptIds])
  }
  renewal = createHoldRenewal({ store: { renewHolds }, ttlMs, logger: silentLogger() })
})
afterEach(() => {
  renewal.close()
  vi.useRealTimers()
})

it('a call that ends within half of its hold’s life is never renewed', async () => {
  const place = renewal.watch('att_1')
  await vi.advanceTimersByTimeAsync(ttlMs / 2 - 1)
  renewal.unwatch(place)
  await vi.advanceTimersByTimeAsync(ttlMs * 2)
  expect(renewed).toEqual([])
})

it('a call that lives on is renewed each time half of a life has passed, with all that are due at once', async () => {
  renewal.watch('att_1')
  renewal.watch('att_2')
  await vi.advanceTimersByTimeAsync(ttlMs)
  expect(renewed).toEqual([
    ['att_1', 'att_2'],
    ['att_1', 'att_2'],
  ])
})

it('a renewal that failed is tried again at the next look, and not at the next half', async () => {
  failing = true
  renewal.watch('att_1')
  await vi.advanceTimersByTimeAsync(ttlMs / 2)
  failing = false
  await vi.advanceTimersByTimeAsync(ttlMs / 8)
  expect(renewed).toEqual([['att_1']])
})

it('all watched holds are renewed at once on demand, and a failure is not hidden', async () => {
  renewal.watch('att_1')
  await renewal.renewAll()
  expect(renewed).toEqual([['att_1']])
  failing = true
  await expect(renewal.renewAll()).rejects.toThrow('down')
})
