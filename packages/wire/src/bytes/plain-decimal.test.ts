import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plainDecimal } from './plain-decimal.ts'

describe('plainDecimal', () => {
  it.each([
    ['1.4e-05', '0.000014'],
    ['5e-7', '0.0000005'],
    ['0.0076509169000000005', '0.0076509169000000005'],
    ['0.00435825', '0.00435825'],
    ['0', '0'],
    ['0.0', '0'],
    ['12', '12'],
    ['1.50', '1.5'],
    ['1.25E2', '125'],
    ['1.2345e+2', '123.45'],
    ['0.5e1', '5'],
    ['1e3', '1000'],
  ])('%s is %s', (literal, decimal) => {
    expect(plainDecimal(literal)).toBe(decimal)
  })

  it.each(['', 'null', '"1"', '-1', '1e9999', '1.', '.5', 'NaN', '{}'])('%s is no amount', (literal) => {
    expect(plainDecimal(literal)).toBeUndefined()
  })

  it('has the value of the number, and no exponent', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (value) => {
        const decimal = plainDecimal(String(value))
        expect(decimal).toMatch(/^\d+(\.\d*[1-9])?$/)
        expect(Number(decimal)).toBe(value)
      }),
    )
  })
})
