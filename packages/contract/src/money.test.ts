import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ceilDivide,
  floorDivide,
  microsFromNanos,
  nanosFromUsd,
  parseDecimal,
  roundHalfEven,
  usdFromNanos,
} from './money.ts'

describe('parseDecimal', () => {
  it.each([
    ['0.025', 25n, 1000n],
    ['12', 12n, 1n],
    ['-1.50', -150n, 100n],
  ])('reads %s exactly', (text, numerator, denominator) => {
    expect(parseDecimal(text)).toEqual({ numerator, denominator })
  })
  it.each(['', ' 1', '1e-5', '.5', '1.', 'NaN', '0x10', '1,5'])('refuses %j by code', (text) => {
    expect(() => parseDecimal(text)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }))
  })
})

describe('roundHalfEven', () => {
  it.each([
    ['half to even, down', 1n, 2n, 0n],
    ['half to even, up', 3n, 2n, 2n],
    ['negative half to even', -1n, 2n, 0n],
    ['negative half to even, away', -3n, 2n, -2n],
    ['below half', 49n, 100n, 0n],
    ['above half', 51n, 100n, 1n],
  ])('%s', (_rule, numerator, denominator, expected) => {
    expect(roundHalfEven({ numerator, denominator })).toBe(expected)
  })
  it('never strays more than half a unit', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
        fc.bigInt({ min: 1n, max: 10n ** 9n }),
        (n, d) => {
          const error = roundHalfEven({ numerator: n, denominator: d }) * d - n
          expect(2n * (error < 0n ? -error : error) <= d).toBe(true)
        },
      ),
    )
  })
})

describe('division', () => {
  it.each([
    [7n, 2n, 3n, 4n],
    [-7n, 2n, -4n, -3n],
    [8n, 2n, 4n, 4n],
  ])('%s / %s floors and ceils', (numerator, denominator, floor, ceil) => {
    expect([floorDivide(numerator, denominator), ceilDivide(numerator, denominator)]).toEqual([floor, ceil])
  })
})

describe('USD text', () => {
  it.each([
    ['0.05', 50_000_000n],
    ['12.50', 12_500_000_000n],
    ['0.000000001', 1n],
    ['-0.25', -250_000_000n],
  ])('%s is read and written back', (usd, nanos) => {
    expect(nanosFromUsd(usd)).toBe(nanos)
    expect(usdFromNanos(nanos)).toBe(usd)
  })
  it('survives a round trip for every amount', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 19n), max: 10n ** 19n }),
        (nanos) => nanosFromUsd(usdFromNanos(nanos)) === nanos,
      ),
    )
  })
  it('rounds micros half to even', () => {
    expect([500n, 1_500n, 2_501n].map(microsFromNanos)).toEqual([0, 2, 3])
  })
})
