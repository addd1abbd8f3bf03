import { createVendoError } from '@vendo/contract'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { admissionDeadlineMs, withinDeadline } from './store-deadline.ts'
import { createStoreGate, isStoreFailure } from './store-gate.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] }))
afterEach(() => void vi.useRealTimers())

const down = () => Promise.reject(createVendoError('down', { code: 'store_unavailable' }))

describe('the gate before the store', () => {
  it('is not there while the store is well', () => {
    const ping = vi.fn(() => Promise.resolve())
    expect(createStoreGate(ping).whenUsable()).toBeUndefined()
    expect(ping).not.toHaveBeenCalled()
  })

  it('opens when a suspected store answers, asked once for all who wait', async () => {
    const ping = vi.fn(() => Promise.resolve())
    const gate = createStoreGate(ping)
    gate.suspect()
    await Promise.all([gate.whenUsable(), gate.whenUsable()])
    expect(ping).toHaveBeenCalledTimes(1)
    expect(gate.whenUsable()).toBeUndefined()
  })

  it('refuses at once for a while after the store did not answer, then asks again', async () => {
    const ping = vi.fn(down)
    const gate = createStoreGate(ping)
    gate.suspect()
    for (let call = 0; call < 3; call++) {
      await expect(gate.whenUsable()).rejects.toMatchObject({ code: 'store_unavailable' })
    }
    expect(ping).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(150)
    await expect(gate.whenUsable()).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(ping).toHaveBeenCalledTimes(2)
  })

  it('refuses within a second when the store says nothing at all', async () => {
    const gate = createStoreGate(() => new Promise(() => {}))
    gate.suspect()
    const refused = expect(gate.whenUsable()).rejects.toMatchObject({ code: 'store_unavailable' })
    await vi.advanceTimersByTimeAsync(999)
    await refused
  })
})

describe('the deadline', () => {
  it('gives an answer that came during a stall of this process its turn', async () => {
    let answer: (value: string) => void = () => {}
    const waiting = withinDeadline(new Promise<string>((resolve) => (answer = resolve)), admissionDeadlineMs)
    setTimeout(() => answer('in time'), admissionDeadlineMs)
    await vi.advanceTimersByTimeAsync(admissionDeadlineMs)
    expect(await waiting).toBe('in time')
  })

  it('passes on what the store says', async () => {
    await expect(withinDeadline(down(), 1)).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(await withinDeadline(Promise.resolve(7), 1)).toBe(7)
  })
})

it.each([
  ['an error of no kind', new Error('connection reset'), true],
  ['store_unavailable', createVendoError('x', { code: 'store_unavailable' }), true],
  ['a refusal', createVendoError('x', { code: 'balance_exhausted' }), false],
  ['a mistake', createVendoError('x', { code: 'validation_failed' }), false],
])('%s counts as a failure of the store: %#', (_what, error, expected) => {
  expect(isStoreFailure(error)).toBe(expected)
})
