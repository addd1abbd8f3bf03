import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { WaitOutcome } from '../observe/observer.ts'
import type { HoldOutcome } from '../store/records.ts'
import { type Claimant, createHoldLine, defaultHoldLinePolicy, type HoldLinePolicy } from './hold-line.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const admitted: HoldOutcome = { admitted: true, admittedAt: 7 }
const refusedBy = (scope: 'key' | 'tenant', held: boolean): HoldOutcome => ({
  ...{ admitted: false, code: 'spend_cap_total', scope, required: 10n, available: 0n },
  ...(held && { heldByOpenCalls: true as const }),
})

/** A line before a purse for each key, and one of the tenant, that hold so much. */
const start = (policy: Partial<HoldLinePolicy> = {}) => {
  const ends: WaitOutcome[] = []
  const line = createHoldLine({ ...defaultHoldLinePolicy, ...policy }, (end) => void ends.push(end))
  const room = { key_a: 0, key_b: 0, tenant: 100 }
  const order: string[] = []
  const leavers = new Map<string, () => void>()
  const claimant = (name: string, amount: number, key: 'key_a' | 'key_b' = 'key_a'): Claimant => ({
    tenantId: 'ten_1',
    purses: [key, 'tenant'],
    ask: async () => {
      if (amount > 100) return refusedBy('key', false)
      if (room[key] < amount) return refusedBy('key', true)
      if (room.tenant < amount) return refusedBy('tenant', true)
      room[key] -= amount
      room.tenant -= amount
      order.push(name)
      return admitted
    },
    purseOf: ({ scope }) => (scope === 'key' ? key : 'tenant'),
    onGone: (leave) => {
      leavers.set(name, leave)
      return () => void leavers.delete(name)
    },
  })
  const settle = async (key: 'key_a' | 'key_b', amount: number) => {
    room[key] += amount
    line.wake('ten_1')
    await vi.advanceTimersByTimeAsync(0)
  }
  return { line, room, order, ends, leavers, claimant, settle }
}

const turn = () => vi.advanceTimersByTimeAsync(0)

it('whoever fits does not wait', async () => {
  const { line, room, ends, claimant } = start()
  room.key_a = 10
  expect(await line.hold(claimant('one', 10))).toEqual(admitted)
  expect(ends).toEqual([])
})

it('first come, first served: a small call does not overtake a large one', async () => {
  const { line, order, claimant, settle } = start()
  const large = line.hold(claimant('large', 10))
  await turn()
  const small = line.hold(claimant('small', 1))
  await settle('key_a', 5)
  expect([order, line.size]).toEqual([[], 2])
  await settle('key_a', 6)
  expect([await large, await small, order]).toEqual([admitted, admitted, ['large', 'small']])
})

it('a call waits only for those who wait for its own money', async () => {
  const { line, room, order, claimant } = start()
  void line.hold(claimant('a', 10, 'key_a'))
  await turn()
  room.key_b = 10
  expect(await line.hold(claimant('b', 10, 'key_b'))).toEqual(admitted)
  room.tenant = 0
  room.key_b = 10
  void line.hold(claimant('b2', 10, 'key_b'))
  await turn()
  room.tenant = 100
  line.wake('ten_1')
  await turn()
  expect([order, line.size]).toEqual([['b', 'b2'], 1])
})

it('who waits for the money of the tenant lets nobody of the tenant pass', async () => {
  const { line, room, order, claimant, settle } = start()
  Object.assign(room, { key_a: 100, key_b: 100, tenant: 5 })
  void line.hold(claimant('first', 10, 'key_a'))
  await turn()
  void line.hold(claimant('second', 5, 'key_b'))
  await turn()
  expect(order).toEqual([])
  room.tenant = 15
  await settle('key_a', 0)
  expect(order).toEqual(['first', 'second'])
})

it('money that came back while the refusal was on its way is not missed', async () => {
  const { line, room, claimant } = start()
  const asked = claimant('one', 10)
  let first = true
  const late: Claimant = {
    ...asked,
    ask: async () => {
      const outcome = await asked.ask()
      if (first) room.key_a = 10
      first = false
      return outcome
    },
  }
  expect(await line.hold(late)).toEqual(admitted)
})

it.each([
  ['a limit that is used up is told at the end', 200, { admitted: false, scope: 'key' }, 'refused'],
  ['money that never came back is', 10, 'timeout', 'timeout'],
] as const)('behind others, %s', async (_rule, amount, expected, end) => {
  const { line, ends, claimant } = start({ maxMs: 1_000 })
  void line.hold(claimant('before', 20))
  await turn()
  const outcome = line.hold(claimant('behind', amount))
  await vi.advanceTimersByTimeAsync(1_000)
  expect(await outcome).toEqual(typeof expected === 'string' ? expected : expect.objectContaining(expected))
  expect([ends[1], line.size]).toEqual([end, 0])
})

it('a client that leaves gives its place up', async () => {
  const { line, order, ends, leavers, claimant, settle } = start()
  const gone = line.hold(claimant('gone', 10))
  await turn()
  const next = line.hold(claimant('next', 1))
  await turn()
  leavers.get('gone')?.()
  await settle('key_a', 1)
  expect([await gone, await next, order]).toEqual(['client_gone', admitted, ['next']])
  expect([ends, leavers.size]).toEqual([['client_gone', 'admitted'], 0])
})

it('a client that leaves while its hold is made is answered, so that the hold is released', async () => {
  const { line, room, claimant, leavers } = start()
  const asked = claimant('one', 10)
  const waiting = line.hold({
    ...asked,
    ask: () => {
      leavers.get('one')?.()
      return asked.ask()
    },
  })
  await turn()
  expect(await waiting).toBe('client_gone')
  room.key_a = 10
  const late = claimant('two', 10)
  let asks = 0
  const outcome = line.hold({
    ...late,
    ask: async () => {
      if (++asks === 1) return refusedBy('key', true)
      leavers.get('two')?.()
      return late.ask()
    },
  })
  await turn()
  expect(await outcome).toEqual(admitted)
})

it.each([
  ['for one limit', { maxCalls: 2 }],
  ['in all', { maxCallsInAll: 2 }],
])('only so many wait %s', async (_where, policy) => {
  const { line, ends, claimant } = start(policy)
  void line.hold(claimant('one', 10))
  await turn()
  void line.hold(claimant('two', 10))
  await turn()
  expect(await line.hold(claimant('three', 10))).toBe('full')
  expect([line.size, ends]).toEqual([2, ['full']])
})

it('nobody waits where no time is given', async () => {
  const { line, claimant } = start({ maxMs: 0 })
  expect(await line.hold(claimant('one', 10))).toBe('full')
})

it('money that another broker gave back is found by asking again', async () => {
  const { line, room, claimant } = start({ pollMs: 500 })
  const outcome = line.hold(claimant('one', 10))
  await turn()
  room.key_a = 10
  await vi.advanceTimersByTimeAsync(500)
  expect(await outcome).toEqual(admitted)
  expect(vi.getTimerCount()).toBe(0)
})

it('a store that fails ends the wait of whoever asked', async () => {
  const { line, claimant } = start()
  const asked = claimant('one', 10)
  let asks = 0
  const ask = () => (++asks === 1 ? asked.ask() : Promise.reject(new Error('the store failed')))
  await expect(line.hold({ ...asked, ask })).rejects.toThrow('the store failed')
  expect(line.size).toBe(0)
})

it('closing sends everybody away, and whoever comes later', async () => {
  const { line, claimant } = start()
  const waiting = line.hold(claimant('one', 10))
  await turn()
  line.close()
  expect([await waiting, await line.hold(claimant('two', 10))]).toEqual(['shutdown', 'shutdown'])
  expect(vi.getTimerCount()).toBe(0)
})

it('waits that end together ask the store one after the other', async () => {
  const { line, claimant } = start({ maxMs: 1_000, pollMs: 60_000 })
  let running = 0
  let together = 0
  let asked = 0
  const slow = (name: string): Claimant => ({
    ...claimant(name, 1),
    ask: async () => {
      asked++
      running++
      together = Math.max(together, running)
      await new Promise((resolve) => setTimeout(resolve, 10))
      running--
      return refusedBy('key', true)
    },
  })
  const head = line.hold(slow('head'))
  await vi.advanceTimersByTimeAsync(10)
  const waits = Array.from({ length: 20 }, (_, index) => line.hold(slow(`behind ${index}`)))
  await vi.advanceTimersByTimeAsync(2_000)
  expect(await Promise.all([head, ...waits])).toEqual(Array.from({ length: 21 }, () => 'timeout'))
  expect([together, line.size]).toEqual([1, 0])
  expect(asked).toBeGreaterThan(20)
})
