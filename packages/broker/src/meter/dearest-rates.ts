import type { Meter, Rational } from '@vendo/contract'
import type { ModelRates, RateRow } from '@vendo/integrations/rates'
import type { RequestFacts } from '@vendo/wire'
import type { EpochMs } from '../store/records.ts'
import { exceeds } from './rational.ts'
import { readDecimal } from './read-decimal.ts'
import { effectiveRows, rateRegion, rateSpeed, rateTier } from './select-row.ts'

/** The highest rate of each meter, as the table writes it. */
export type DearestRates = ReadonlyMap<Meter, string>

/** The conditions that a request can be served under, and its largest input. */
export interface ServableConditions {
  readonly facts: Pick<RequestFacts, 'serviceTier' | 'speed' | 'region'>
  readonly inputTokens: bigint
  readonly at: EpochMs
}

/** The highest rate of each meter over every price list that the answer could be billed by. */
export const dearestRates = (model: ModelRates, conditions: ServableConditions): DearestRates => {
  const rows = effectiveRows(model, conditions.at).filter((row) => isServable(row, conditions))
  const known = compared.get(model)?.find((entry) => isSame(entry.rows, rows))
  if (known !== undefined) return known.dearest
  const dearest = compareRows(rows)
  const entries = compared.get(model) ?? []
  compared.set(model, [...entries.slice(-mostRemembered), { rows, dearest }])
  return dearest
}

interface Compared {
  readonly rows: readonly RateRow[]
  readonly dearest: DearestRates
}

// The same few sets of lists come up in call after call.
const compared = new WeakMap<ModelRates, readonly Compared[]>()
const mostRemembered = 8

const isSame = (left: readonly RateRow[], right: readonly RateRow[]): boolean =>
  left.length === right.length && left.every((row, index) => row === right[index])

const compareRows = (rows: readonly RateRow[]): DearestRates => {
  const dearest = new Map<Meter, { readonly rateUsd: string; readonly rate: Rational }>()
  for (const row of rows) {
    for (const [meter, rateUsd] of Object.entries(row.usd) as [Meter, string][]) {
      const rate = readDecimal(rateUsd)
      const highest = dearest.get(meter)
      if (highest === undefined || exceeds(rate, highest.rate)) dearest.set(meter, { rateUsd, rate })
    }
  }
  return new Map([...dearest].map(([meter, { rateUsd }]) => [meter, rateUsd]))
}

/** A condition that a request asks for by name, and that no price list of the model has: its answer would be unpriced. */
export const unlistedCondition = (
  model: ModelRates,
  { facts, at }: Pick<ServableConditions, 'facts' | 'at'>,
): string | undefined => {
  const rows = effectiveRows(model, at)
  const asked = [
    { name: rateTier(facts.serviceTier), listed: rows.map(({ tier }) => tier) },
    { name: rateSpeed(facts.speed), listed: rows.map(({ speed }) => speed) },
    { name: rateRegion(facts.region), listed: rows.map(({ region }) => region) },
  ]
  return asked.find(({ name, listed }) => name !== undefined && !listed.includes(name))?.name
}

/** Tiers that an answer keeps to when the request names them. `auto`, `priority` and no tier may be served as any other. */
const keptTiers: ReadonlySet<string> = new Set(['default', 'standard', 'standard_only', 'flex', 'batch'])

/** A region may be set outside the request, so every one is possible; a speed may not. */
const isServable = (row: RateRow, { facts, inputTokens }: ServableConditions): boolean => {
  const { serviceTier, speed } = facts
  const tierPossible =
    rateTier(row.tier) === undefined ||
    row.tier === serviceTier ||
    serviceTier === undefined ||
    !keptTiers.has(serviceTier)
  const speedPossible = rateSpeed(row.speed) === undefined || rateSpeed(speed) !== undefined
  const inputPossible = row.inputAbove === undefined || BigInt(row.inputAbove) < inputTokens
  return tierPossible && speedPossible && inputPossible
}
