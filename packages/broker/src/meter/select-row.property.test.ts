import { rateTables } from '@vendo/integrations/rates'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type RowConditions, rateRegion, rateSpeed, rateTier, selectRow } from './select-row.ts'

const models = rateTables.flatMap(({ models: listed }) => listed)
const above = models.flatMap(({ rates }) => rates.flatMap(({ inputAbove }) => inputAbove ?? []))
const days = models.flatMap(({ rates }) => rates.map(({ effectiveFrom }) => Date.parse(effectiveFrom)))

const conditions: fc.Arbitrary<RowConditions> = fc.record({
  tier: fc.constantFrom(undefined, 'auto', 'default', 'standard', 'priority', 'flex', 'batch', 'unheard'),
  speed: fc.constantFrom(undefined, 'standard', 'fast'),
  region: fc.constantFrom(undefined, 'global', 'us', 'eu'),
  inputTokens: fc.tuple(fc.constantFrom(0, 1, ...above), fc.nat(1)).map(([tokens, more]) => tokens + more),
  at: fc.tuple(fc.constantFrom(...days), fc.nat(1)).map(([day, before]) => day - before),
})

it('selectRow takes the list that says exactly what is asked, in the highest band that the input exceeds', () => {
  let found = 0
  fc.assert(
    fc.property(fc.constantFrom(...models), conditions, (model, { tier, speed, region, inputTokens, at }) => {
      const inForce = model.rates.filter(
        ({ effectiveFrom, effectiveUntil = '9999' }) =>
          Date.parse(effectiveFrom) <= at && at < Date.parse(effectiveUntil),
      )
      const reached = inForce.flatMap((row) => row.inputAbove ?? []).filter((threshold) => threshold < inputTokens)
      const band = reached.length === 0 ? undefined : Math.max(...reached)
      const rows = inForce.filter(
        (row) =>
          row.inputAbove === band &&
          rateTier(row.tier) === rateTier(tier) &&
          rateSpeed(row.speed) === rateSpeed(speed) &&
          rateRegion(row.region) === rateRegion(region),
      )
      const newest = rows.toSorted((left, right) => right.effectiveFrom.localeCompare(left.effectiveFrom))[0]
      expect(selectRow(model, { tier, speed, region, inputTokens, at })).toBe(newest)
      if (newest !== undefined) found++
    }),
    { numRuns: 5_000 },
  )
  expect(found).toBeGreaterThan(300)
})
