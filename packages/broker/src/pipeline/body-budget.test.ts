import { describe, expect, it } from 'vitest'
import { createBodyBudget } from './body-budget.ts'

const holder = (keyId: string, tenantId: string) => ({ keyId, tenantId })

describe('the memory for request bodies', () => {
  it('gives one key a quarter, and others go on', () => {
    const budget = createBodyBudget(400)
    expect(budget.take(holder('a', 'one'), 100)).toBeUndefined()
    expect(budget.take(holder('a', 'one'), 1)).toBe('key')
    expect(budget.take(holder('b', 'one'), 100)).toBeUndefined()
    expect(budget.take(holder('c', 'one'), 1)).toBe('tenant')
    expect(budget.take(holder('d', 'two'), 100)).toBeUndefined()
    expect(budget.take(holder('e', 'three'), 100)).toBeUndefined()
    expect(budget.take(holder('f', 'four'), 1)).toBe('broker')
  })

  it('takes nothing where it refuses, and has room again for what is given back', () => {
    const budget = createBodyBudget(400)
    budget.take(holder('a', 'one'), 60)
    expect(budget.take(holder('a', 'one'), 60)).toBe('key')
    expect(budget.take(holder('a', 'one'), 40)).toBeUndefined()
    budget.give(holder('a', 'one'), 100)
    expect(budget.take(holder('a', 'one'), 100)).toBeUndefined()
  })
})
