import { describe, expect, it } from 'vitest'
import { median, quantile, spreadOf } from './spread.ts'

describe('quantile', () => {
  it.each([
    ['the middle of three', [3, 1, 2], 0.5, 2],
    ['between the two middle ones', [1, 2, 3, 4], 0.5, 2.5],
    ['the least', [5, 9, 7], 0, 5],
    ['the most', [5, 9, 7], 1, 9],
    ['a share between neighbours', [0, 10], 0.9, 9],
    ['one value is every quantile', [4], 0.99, 4],
  ])('%s', (_, values, share, expected) => {
    expect(quantile(values, share)).toBeCloseTo(expected)
  })

  it('knows nothing without values', () => {
    expect(median([])).toBeNaN()
  })

  it('leaves its input as it was', () => {
    const values = [3, 1, 2]
    quantile(values, 0.5)
    expect(values).toEqual([3, 1, 2])
  })
})

describe('spreadOf', () => {
  it('claims four digits', () => {
    expect(spreadOf([1.23456, 2.34567, 3.45678])).toEqual({ median: 2.346, least: 1.235, most: 3.457, count: 3 })
  })
})
