import { expect, it } from 'vitest'
import { parseThread, readThreadCosts, threadCostsBetween } from './thread-costs.ts'

it.each([['vendo-store'], ['a) S 1 (b'], ['V8 Worker']])('a thread named %s is read from its stat', (name) => {
  const stat = `4712 (${name}) S 1 4711 4711 0 -1 4194304 100 0 0 0 250 50 7 9 20 0 11 0 12345 1000 200`
  expect(parseThread(stat)).toEqual({ name, user: 2_500_000, system: 500_000 })
})

it('differences are by thread, and a new thread counts from nothing', () => {
  const before = new Map([['main', { user: 10, system: 5 }]])
  const after = new Map([...before, ['main', { user: 30, system: 6 }], ['store', { user: 7, system: 1 }]] as const)
  expect([...threadCostsBetween(before, after)]).toEqual([
    ['main', { user: 20, system: 1 }],
    ['store', { user: 7, system: 1 }],
  ])
})

it.runIf(process.platform === 'linux')('this process has a main thread', () => {
  expect(readThreadCosts(process.pid).get('main')).toBeDefined()
})
