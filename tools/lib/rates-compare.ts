import { isTokenMeter, type Meter, parseDecimal } from '@vendo/contract'
import type { ModelRates, RateTable } from '@vendo/integrations/rates'
import { selectRow } from '../../packages/broker/src/meter/select-row.ts'
import { oracleDays, oracleMeters, oraclePrices } from './rates-oracle.ts'

/** Two prices of one thing. A price is absent where that source has none. */
export interface Disagreement {
  readonly provider: string
  readonly model: string
  readonly meter: Meter
  /** USD per million tokens, or per use. */
  readonly ours: string | undefined
  readonly theirs: string | undefined
}

/** A disagreement with where it was found. */
export interface FoundDisagreement extends Disagreement {
  /** Days and input sizes. */
  readonly cases: readonly string[]
  readonly source: string
}

/** What came of one table. */
export interface Comparison {
  readonly disagreements: readonly FoundDisagreement[]
  readonly compared: number
  /** Prices of models that it knows, for meters that it has no price for there. */
  readonly onlyOurs: number
  /** Prices that the second source has no word for: other tiers, speeds, regions, and meters of its own. */
  readonly beyond: number
  /** Models that the second source does not know. */
  readonly unknown: readonly string[]
}

/** Compares the standard prices of every model, for every meter, input size and day on which one of the two changes. */
export const compareTable = ({ provider, models }: RateTable, today: string): Comparison => {
  const found = new Map<string, FoundDisagreement>()
  const unknown: string[] = []
  let compared = 0
  let onlyOurs = 0
  for (const model of models) {
    const points = pointsOf(provider, model, today)
    if (points.length === 0) unknown.push(model.model)
    for (const point of points) {
      if (point.theirs === undefined) {
        onlyOurs++
        continue
      }
      compared++
      if (!agrees(point)) note(found, { provider, model: model.model, ...point })
    }
  }
  return { disagreements: [...found.values()], compared, onlyOurs, beyond: countBeyond(models), unknown }
}

interface Point extends Pick<Disagreement, 'meter' | 'ours' | 'theirs'> {
  readonly at: string
  readonly source: string
}

const pointsOf = (provider: string, model: ModelRates, today: string): readonly Point[] =>
  daysOf(provider, model, today).flatMap((day) => {
    const oracle = oraclePrices(provider, model.model, day)
    if (oracle === undefined) return []
    const thresholds = [...oracle.thresholds, ...model.rates.flatMap(({ inputAbove }) => inputAbove ?? [])]
    return sizesOf(thresholds).flatMap((inputTokens) => {
      const row = selectRow(model, { inputTokens, at: Date.parse(`${day}T12:00:00Z`) })
      return oracleMeters.flatMap((meter): readonly Point[] => {
        const ours = row?.usd[meter]
        const theirs = perUse(meter, oracle.price(meter, inputTokens))
        // A kind of token that we do not sell is none of theirs either: it is only priced as its parent.
        if (ours === undefined && (theirs === undefined || isModality(meter))) return []
        return [{ meter, ours, theirs, at: `${day}, ${inputTokens} in`, source: row?.source ?? model.model }]
      })
    })
  })

const daysOf = (provider: string, { rates }: ModelRates, today: string): readonly string[] => {
  const ours = rates.flatMap(({ effectiveFrom, effectiveUntil }) => [effectiveFrom, effectiveUntil ?? today])
  return [...new Set([today, ...ours.filter((day) => day > '2024'), ...oracleDays(provider)])].sort()
}

/** Either side of every threshold. */
const sizesOf = (thresholds: readonly number[]): readonly number[] =>
  [...new Set([1, ...thresholds.flatMap((threshold) => [threshold, threshold + 1])])].sort((a, b) => a - b)

const isModality = (meter: Meter): boolean => meter.endsWith('_audio') || meter.endsWith('_image')

/** Theirs are per thousand uses. */
const perUse = (meter: Meter, price: string | undefined): string | undefined =>
  price === undefined || isTokenMeter(meter) ? price : String(Number(price) / 1000)

const agrees = ({ ours, theirs }: Point): boolean => {
  if (ours === undefined || theirs === undefined) return false
  const [left, right] = [parseDecimal(ours), parseDecimal(theirs)]
  return left.numerator * right.denominator === right.numerator * left.denominator
}

const note = (found: Map<string, FoundDisagreement>, { at, ...point }: Disagreement & Omit<Point, 'meter'>): void => {
  const key = JSON.stringify([point.model, point.meter, point.ours ?? null, point.theirs ?? null])
  const cases = [...(found.get(key)?.cases ?? []), at]
  found.set(key, { ...point, cases })
}

const countBeyond = (models: readonly ModelRates[]): number => {
  const rows = models.flatMap(({ rates }) => rates)
  const other = rows.filter(({ tier, speed, region }) => (tier ?? speed ?? region) !== undefined)
  const standard = rows.filter((row) => !other.includes(row))
  const ownMeters = standard.flatMap(({ usd }) =>
    Object.keys(usd).filter((meter) => !oracleMeters.includes(meter as Meter)),
  )
  return other.reduce((sum, { usd }) => sum + Object.keys(usd).length, ownMeters.length)
}
