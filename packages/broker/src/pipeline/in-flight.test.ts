import { afterEach, expect, it, vi } from 'vitest'
import { createInFlight } from './in-flight.ts'

afterEach(() => void vi.useRealTimers())

const createRelay = () => ({ abort: vi.fn(), answers: () => false })

it('after the grace it cuts what runs, and what still begins', async () => {
  vi.useFakeTimers()
  const inFlight = createInFlight()
  inFlight.begin()
  const [running, late] = [createRelay(), createRelay()]
  inFlight.add(running, 'ten_1')
  const drained = inFlight.drain(1_000)
  await vi.advanceTimersByTimeAsync(999)
  expect(running.abort).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  inFlight.add(late, 'ten_1')
  expect([running.abort.mock.calls, late.abort.mock.calls]).toEqual([[['shutdown']], [['shutdown']]])
  inFlight.end()
  await drained
})
