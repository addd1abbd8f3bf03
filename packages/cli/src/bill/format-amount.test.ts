import { describe, expect, it } from 'vitest'
import { formatCount, formatDuration, formatMargin, formatRate, formatUsd, placesOf } from './format-amount.ts'

describe('formatUsd', () => {
  it.each([
    [0n, 2, '$0.00'],
    [1n, 2, '$0.000000001'],
    [1_204_500_000_000n, 2, '$1,204.50'],
    [50_000_000n, 8, '$0.05000000'],
    [-1_500_000_000n, 2, '-$1.50'],
  ])('%s nanos to at least %i places is %s', (nanos, places, text) => {
    expect(formatUsd(nanos, places)).toBe(text)
  })
})

it('placesOf is what the longest amount needs, and two at least', () => {
  expect(placesOf([])).toBe(2)
  expect(placesOf([1_000_000_000n, 39_480n])).toBe(8)
})

it.each([
  ['0.1', '$0.10'],
  ['12', '$12.00'],
  ['5.2667', '$5.2667'],
])('a rate of %s is %s', (usd, text) => {
  expect(formatRate(usd)).toBe(text)
})

it.each([
  ['0', '+0%'],
  ['0.2', '+20%'],
  ['0.125', '+12.5%'],
  ['1.5', '+150%'],
  ['-0.05', '-5%'],
])('a margin of %s is %s', (fraction, text) => {
  expect(formatMargin(fraction)).toBe(text)
})

it.each([
  [0.4, '0 ms'],
  [999.4, '999 ms'],
  [999.6, '1.00 s'],
  [61_204, '61.20 s'],
])('%d ms is %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text)
})

it.each([
  [0, '0'],
  [999, '999'],
  [1_204_500, '1,204,500'],
  [-1_000, '-1,000'],
])('%i is %s', (count, text) => {
  expect(formatCount(count)).toBe(text)
})
