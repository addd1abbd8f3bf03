import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Place, Roster } from './roster.ts'

describe('a roster', () => {
  it('lists what is in, in the order in which it came, however members come and go', () => {
    // A number removes the place of that many members ago, whether it is still listed or not.
    const step = fc.oneof(fc.constant('add' as const), fc.nat({ max: 9 }))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const roster = new Roster<number>()
        const places: Place<number>[] = []
        const expected = new Set<number>()
        for (const [number, what] of steps.entries()) {
          if (what === 'add') {
            places.push(roster.add(number))
            expected.add(number)
            continue
          }
          const place = places.at(-1 - what)
          if (place === undefined) continue
          roster.remove(place)
          expected.delete(place.member)
        }
        expect([...roster]).toEqual([...expected])
        expect(roster.size).toBe(expected.size)
        expect(roster.first?.member).toBe([...expected][0])
        for (const { member, listed } of places) expect(listed).toBe(expected.has(member))
      }),
    )
  })

  it('a place that was taken out leads to no other', () => {
    const roster = new Roster<string>()
    const [, middle] = [roster.add('a'), roster.add('b'), roster.add('c')]
    roster.remove(middle)
    expect(middle).toEqual({ member: 'b', listed: false, before: undefined, after: undefined })
  })

  it('a walk sees who was in when it began', () => {
    const roster = new Roster<string>()
    const first = roster.add('a')
    roster.add('b')
    const seen: string[] = []
    for (const member of roster) {
      seen.push(member)
      roster.remove(first)
      if (seen.length < 2) roster.add('c')
    }
    expect(seen).toEqual(['a', 'b'])
  })
})
