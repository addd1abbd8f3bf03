import { type Meter, meters } from '@vendo/contract'
import type { ModelRates } from '@vendo/integrations/rates'
import type { EpochMs, MarginRecord, MarginScope } from '../store/records.ts'
import type { MarginOf } from './amount.ts'

/** What applies where no record says otherwise: list price. */
export const defaultMargin = '0'

/** A margin that is in force. */
export interface MarginRule extends MarginScope {
  /** Decimal fraction, such as "0.2". */
  readonly margin: string
}

/** The names of a model in the catalog. */
export type ModelNames = Pick<ModelRates, 'model' | 'aliases'>

/** Which call, and which of its meters, a margin is looked up for. */
export interface MarginSubject {
  readonly tenantId: string
  readonly integration: string
  /** The model that the request named. */
  readonly model: ModelNames
  readonly meter: Meter
}

/**
 * The margin of the narrowest rule that applies. A tenant outweighs a model, which outweighs a meter, which outweighs an
 * integration; without any rule it is {@link defaultMargin}. Of two rules with the same scope the later one counts.
 */
export const resolveMargin = (rules: readonly MarginRule[], subject: MarginSubject): string => {
  let narrowest = { rank: -1, margin: defaultMargin }
  for (const rule of rules) {
    const rank = rankOf(rule)
    if (applies(rule, subject) && rank >= narrowest.rank) narrowest = { rank, margin: rule.margin }
  }
  return narrowest.margin
}

const applies = (rule: MarginRule, { tenantId, integration, model, meter }: MarginSubject): boolean =>
  (rule.tenantId ?? tenantId) === tenantId &&
  (rule.integration ?? integration) === integration &&
  (rule.model === undefined || rule.model === model.model || model.aliases.includes(rule.model)) &&
  (rule.meter ?? meter) === meter

/** Read as a binary number, that is the documented order. */
const rankOf = ({ tenantId, model, meter, integration }: MarginScope): number =>
  Number.parseInt([tenantId, model, meter, integration].map((part) => (part === undefined ? '0' : '1')).join(''), 2)

/** The rules in force at an instant: of each scope the last record that has taken effect, unless it ends the margin. */
export const marginsInForce = (
  records: readonly MarginRecord[],
  at: EpochMs,
): readonly (MarginRecord & MarginRule)[] => {
  const last = new Map<string, MarginRecord>()
  for (const record of records) if (record.effectiveFrom <= at) last.set(scopeKey(record), record)
  return [...last.values()].filter((record): record is MarginRecord & MarginRule => record.margin !== null)
}

/** What is equal for two records of exactly the same scope. */
export const scopeKey = ({ tenantId, integration, model, meter }: MarginScope): string =>
  JSON.stringify([tenantId, integration, model, meter])

/** Which calls a {@link MarginLookup} is asked for. */
export interface MarginCall {
  readonly tenantId: string
  readonly integration: string
  readonly model: ModelNames
  /** The instant of admission. */
  readonly at: EpochMs
}

/** The margins of a call, meter by meter: one function for each combination, for as long as the records stand. */
export type MarginLookup = (call: MarginCall) => MarginOf

/**
 * Resolves every margin once, for each time in which the same records are in force. All tenants that no record names share
 * what is remembered, and so do all models, so that it grows with the records and the integrations alone.
 *
 * @param records in the order in which they take effect.
 */
export const createMarginLookup = (records: readonly MarginRecord[]): MarginLookup => {
  const starts = [...new Set(records.map(({ effectiveFrom }) => effectiveFrom))].sort((left, right) => left - right)
  const periods = new Map<number, MarginLookup>()
  return (call) => {
    const start = starts.findLast((instant) => instant <= call.at) ?? Number.NEGATIVE_INFINITY
    let period = periods.get(start)
    if (period === undefined) {
      period = lookUpIn(marginsInForce(records, start))
      periods.set(start, period)
    }
    return period(call)
  }
}

const lookUpIn = (rules: readonly MarginRule[]): MarginLookup => {
  const tenants = new Set(rules.flatMap(({ tenantId }) => tenantId ?? []))
  const models = new Set(rules.flatMap(({ model }) => model ?? []))
  const remembered = new Map<string, MarginOf>()
  return ({ tenantId, integration, model }) => {
    const named = models.size > 0 && [model.model, ...model.aliases].some((name) => models.has(name))
    const key = `${tenants.has(tenantId) ? tenantId : ''} ${integration} ${named ? model.model : ''}`
    const known = remembered.get(key)
    if (known !== undefined) return known
    const marginOf = resolveMargins(rules, { tenantId, integration, model })
    remembered.set(key, marginOf)
    return marginOf
  }
}

const resolveMargins = (rules: readonly MarginRule[], subject: Omit<MarginSubject, 'meter'>): MarginOf => {
  const margins = new Map(meters.map((meter) => [meter, resolveMargin(rules, { ...subject, meter })]))
  return (meter) => margins.get(meter) ?? resolveMargin(rules, { ...subject, meter })
}

const sharedMargins = new WeakMap<MarginOf, string | null>()

/** The one margin of every meter, or `undefined` where they differ. Remembered. */
export const sharedMargin = (marginOf: MarginOf): string | undefined => {
  const known = sharedMargins.get(marginOf)
  if (known !== undefined) return known ?? undefined
  const [first, ...rest] = meters.map(marginOf)
  const shared = rest.every((margin) => margin === first) ? first : undefined
  sharedMargins.set(marginOf, shared ?? null)
  return shared
}
