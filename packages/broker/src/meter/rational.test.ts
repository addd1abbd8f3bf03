import { ceilDivide, parseDecimal, type Rational, roundHalfEven } from '@vendo/contract'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allocate, markUp, sum } from './rational.ts'

const over = (numerator: bigint, denominator = 10n): Rational => ({ numerator, denominator })

describe('allocate', () => {
  it.each([
    { rule: 'nothing', shares: [], total: 0n, parts: [] },
    { rule: 'whole shares stay', shares: [over(20n), over(30n)], total: 5n, parts: [2n, 3n] },
    { rule: 'the largest remainder is raised', shares: [over(14n), over(16n)], total: 3n, parts: [1n, 2n] },
    { rule: 'the first of equals is raised', shares: [over(5n), over(5n)], total: 1n, parts: [1n, 0n] },
    { rule: 'denominators may differ', shares: [over(1n, 3n), over(2n, 3n)], total: 1n, parts: [0n, 1n] },
    { rule: 'negative shares floor downwards', shares: [over(-5n), over(15n)], total: 1n, parts: [0n, 1n] },
  ])('$rule', ({ shares, total, parts }) => {
    expect(allocate(shares, total)).toEqual(parts)
  })

  it('sums to the rounded total and keeps every part within one of its share', () => {
    const share = fc
      .tuple(fc.bigInt(0n, 10n ** 15n), fc.constantFrom(1n, 10n, 10n ** 6n, 10n ** 12n))
      .map(([numerator, denominator]) => ({ numerator, denominator }))
    fc.assert(
      fc.property(fc.array(share, { maxLength: 12 }), fc.constantFrom('even', 'up'), (shares, rounding) => {
        const exact = sum(shares)
        const total = rounding === 'even' ? roundHalfEven(exact) : ceilDivide(exact.numerator, exact.denominator)
        const parts = allocate(shares, total)
        expect(parts.reduce((left, right) => left + right, 0n)).toBe(total)
        shares.forEach(({ numerator, denominator }, index) => {
          const difference = parts[index]! * denominator - numerator
          expect(difference > -denominator && difference < denominator).toBe(true)
        })
      }),
    )
  })
})

describe('markUp', () => {
  it.each([
    ['0.2', 12n, 10n],
    ['0', 1n, 1n],
    ['-0.25', 75n, 100n],
  ])('of %s', (margin, numerator, denominator) => {
    expect(markUp(parseDecimal(margin))).toEqual({ numerator, denominator })
  })
})
