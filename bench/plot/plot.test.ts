import { describe, expect, it } from 'vitest'
import { drawCurve } from './draw-curve.ts'
import { createLogScale, formatTick } from './scale.ts'

describe('createLogScale', () => {
  it('gives every magnitude the same length', () => {
    const { place } = createLogScale([1, 10, 100, 1_000], 300)
    expect([1, 10, 100, 1_000].map((value) => Math.round(place(value)))).toEqual([0, 100, 200, 300])
  })

  it('centres a flat line', () => {
    expect(createLogScale([50, 50], 300).place(50)).toBeCloseTo(150)
  })

  it.each([[[1, 1024]], [[3, 7]], [[0.002, 90]], [[100, 100_000]], [[]], [[0, 0]]])(
    'has a few ticks inside the range of %j',
    (values) => {
      const { ticks, place } = createLogScale(values, 300)
      expect(ticks.length).toBeGreaterThan(0)
      expect(ticks.length).toBeLessThanOrEqual(6)
      for (const tick of ticks) expect(place(tick)).toSatisfy((at: number) => at >= -1 && at <= 301)
    },
  )
})

describe('formatTick', () => {
  it.each([
    [0.005, '0.005'],
    [200, '200'],
    [20_000, '20k'],
    [1_000_000, '1M'],
  ])('writes %d as %s', (value, text) => {
    expect(formatTick(value)).toBe(text)
  })
})

describe('drawCurve', () => {
  const series = [
    {
      name: 'a <b> & c',
      points: [
        { x: 1, y: 5 },
        { x: 1024, y: 50 },
      ],
    },
  ]
  const panel = { title: 'CPU', unit: 'µs', series }
  const drawn = drawCurve({ name: 'x', title: 'X', over: 'things', method: '', panels: [panel, panel] })

  it('draws a line for each series of each panel, inside the picture', () => {
    const [, width = 0] = /viewBox="0 0 (\d+)/.exec(drawn)?.map(Number) ?? []
    const lines = [...drawn.matchAll(/<polyline[^>]*points="([^"]*)"/g)]
    expect(lines).toHaveLength(2)
    for (const [, points = ''] of lines) {
      for (const pair of points.split(' ')) expect(Number(pair.split(',')[0])).toBeLessThan(width / 2)
    }
  })

  it('escapes text', () => {
    expect(drawn).toContain('a &#60;b&#62; &#38; c')
    expect(drawn).not.toContain('<b>')
  })
})
