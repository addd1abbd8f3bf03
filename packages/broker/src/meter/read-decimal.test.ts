import { describe, expect, it } from 'vitest'
import { readDecimal, withoutSharedTens } from './read-decimal.ts'

describe('withoutSharedTens', () => {
  it.each([
    { rule: 'a whole number is over one', from: [3_000n, 1_000n], to: [3n, 1n] },
    { rule: 'a fraction keeps its places', from: [37_500n, 1_000n], to: [375n, 10n] },
    { rule: 'nought is over one', from: [0n, 1_000n], to: [0n, 1n] },
    { rule: 'a negative number too', from: [-250n, 100n], to: [-25n, 10n] },
    { rule: 'what shares no ten stays', from: [7n, 10n], to: [7n, 10n] },
  ])('$rule', ({ from: [numerator = 0n, denominator = 1n], to }) => {
    const { numerator: over, denominator: under } = withoutSharedTens({ numerator, denominator })
    expect([over, under]).toEqual(to)
  })
})

describe('readDecimal', () => {
  it('reads again what it has read, and throws again what it could not', () => {
    expect(readDecimal('0.25')).toEqual({ numerator: 25n, denominator: 100n })
    expect(readDecimal('0.25')).toBe(readDecimal('0.25'))
    for (const _ of [1, 2]) expect(() => readDecimal('x')).toThrow(TypeError)
  })
})
