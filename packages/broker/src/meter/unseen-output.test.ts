import type { UsageReading } from '@vendo/wire'
import { describe, expect, it } from 'vitest'
import { estimateUsage } from './estimate.ts'
import { unseenOutput } from './unseen-output.ts'

const constants = { maxOutputTokensPerSecond: { opus: 400, 'opus-fast': 800 } }

it.each([
  ['a model of unknown speed', 'other', 1, 2_000, 2_000],
  ['a model of known speed', 'opus-5', 1, 2_000, 800],
  ['the longest name that fits', 'opus-fast-5', 1, 2_000, 1_600],
  ['several answers at one time', 'other', 3, 2_000, 6_000],
  ['no time', 'other', 1, 0, 0],
  ['part of a token counts whole', 'other', 1, 0.1, 1],
])('%s', (_rule, model, choices, elapsedMs, expected) => {
  expect(unseenOutput({ constants, model, choices, elapsedMs })).toBe(expected)
})

const bound = { hidesOutput: true, background: false, quantities: { input: 900, output: 5_000 } }
const reading = (facts: Partial<UsageReading> = {}): UsageReading => ({
  ...{ served: {}, complete: false, final: false, pending: false, failed: false, flags: [], visibleOutputBytes: 0 },
  ...facts,
})

describe('an interrupted call on an own credential', () => {
  it.each([
    ['before its head: what there was time for', undefined, null, 300, { input: 900, output: 300 }],
    ['with what was seen on top', reading({ visibleOutputBytes: 40 }), 200, 300, { input: 900, output: 340 }],
    [
      'with what was reported on top',
      reading({ usage: { quantities: { input: 7, output: 60 } }, visibleOutputBytes: 40 }),
      ...([200, 300, { input: 7, output: 360 }] as const),
    ],
    ['never more than was held', reading({ visibleOutputBytes: 40 }), 200, 90_000, { input: 900, output: 5_000 }],
    ['a refusal costs nothing', reading(), 429, 300, {}],
    ['work in the background is held', reading({ pending: true }), 200, 300, bound.quantities],
    [
      'a count that includes reasoning is enough',
      reading({ usage: { quantities: { input: 7, output: 60 } }, countsReasoning: true }),
      ...([200, 300, { input: 7, output: 60 }] as const),
    ],
  ])('%s', (_rule, seen, status, unseen, expected) => {
    expect(estimateUsage({ bound, reading: seen, status, unseenOutput: unseen })).toEqual(expected)
  })

  it.each([
    ['shows all that it writes', { ...bound, hidesOutput: false }, reading({ visibleOutputBytes: 40 }), 40],
    ['is pooled', bound, reading({ visibleOutputBytes: 40 }), 5_000],
  ])('is as before where the model %s', (rule, held, seen, output) => {
    const unseen = rule === 'is pooled' ? undefined : 300
    expect(estimateUsage({ bound: held, reading: seen, status: 200, unseenOutput: unseen }).output).toBe(output)
  })
})
