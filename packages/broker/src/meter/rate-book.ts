import type { ModelRates, RateTable } from '@vendo/integrations/rates'
import type { EpochMs, RateOverride } from '../store/records.ts'

/** Which model, by whatever name, and when. */
export interface RateQuery {
  readonly integration: string
  readonly model: string
  readonly at: EpochMs
}

/** Every known price list, the operator's own before the catalog's. */
export interface RateBook {
  /**
   * The model's limits and price lists at an instant. Tried in order: the exact name or alias, on OpenRouter the same with its
   * version dotted (`claude-sonnet-4-5` is `claude-sonnet-4.5` there), then both without a trailing date (`-20250929`,
   * `-2025-09-29`). `undefined` = unknown, and never a guess: `:free` and other variants are models of their own, and so is a
   * name with a date that does not exist.
   */
  find(query: RateQuery): ModelRates | undefined
  /** Every model of an integration that {@link find} can find at an instant, once. */
  list(query: Omit<RateQuery, 'model'>): readonly ModelRates[]
}

const trailingDate = /-(\d{4})(-?)(\d{2})\2(\d{2})$/

/** The name without its trailing date; as it is where it has none, or one that no calendar has. */
const withoutDate = (model: string): string => {
  const match = trailingDate.exec(model)
  if (match === null) return model
  const [, year, , month, day] = match
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`)
  const exists = !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day)
  return exists ? model.slice(0, match.index) : model
}

/** A version that is written with a dash, and is not part of a longer number such as a date. */
const dashedVersion = /(?<=\D)(\d{1,2})-(\d{1,2})(?!\d)/

/** Names that stand for the same model. OpenRouter takes a version with a dash for the one with a dot. */
const spellings = ({ integration, model }: Pick<RateQuery, 'integration' | 'model'>): readonly string[] =>
  integration === 'openrouter' && dashedVersion.test(model) ? [model, model.replace(dashedVersion, '$1.$2')] : [model]

/** Indexes tables and overrides once; {@link RateBook.find} is then a lookup. Build a new one when an override is added. */
export const createRateBook = ({
  tables,
  overrides,
}: {
  readonly tables: readonly RateTable[]
  readonly overrides: readonly RateOverride[]
}): RateBook => {
  const catalog = new Map(tables.map((table) => [table.provider, indexTable(table)]))
  const overridden = indexOverrides(overrides, catalog)
  const findExactly = (query: RateQuery): ModelRates | undefined => {
    const listed = catalog.get(query.integration)?.get(query.model)
    const own = overridden.get(query.integration)?.get(listed?.model ?? query.model)
    return own?.findLast(({ effectiveFrom }) => effectiveFrom <= query.at)?.rates ?? listed
  }
  return {
    find: (query) => {
      const exact = findExactly(query)
      if (exact !== undefined) return exact
      const dateless = withoutDate(query.model)
      const names = [...spellings(query), ...(dateless === query.model ? [] : spellings({ ...query, model: dateless }))]
      for (const model of names) {
        const found = findExactly({ ...query, model })
        if (found !== undefined) return found
      }
      return undefined
    },
    list: (query) => {
      const names = [catalog, overridden].flatMap((table) => [...(table.get(query.integration)?.keys() ?? [])])
      const found = new Set(names.map((model) => findExactly({ ...query, model })))
      return [...found].filter((model) => model !== undefined)
    },
  }
}

/** By every name. A model's own name beats another's alias. */
const indexTable = ({ models }: RateTable): ReadonlyMap<string, ModelRates> =>
  new Map([
    ...models.flatMap((model) => model.aliases.map((alias) => [alias, model] as const)),
    ...models.map((model) => [model.model, model] as const),
  ])

interface DatedRates {
  readonly effectiveFrom: EpochMs
  readonly rates: ModelRates
}

/** By integration and the model's own name, so that an override written for an alias covers every name; oldest first. */
const indexOverrides = (
  overrides: readonly RateOverride[],
  catalog: ReadonlyMap<string, ReadonlyMap<string, ModelRates>>,
): ReadonlyMap<string, ReadonlyMap<string, readonly DatedRates[]>> => {
  const byIntegration = new Map<string, Map<string, DatedRates[]>>()
  for (const override of overrides.toSorted((left, right) => left.effectiveFrom - right.effectiveFrom)) {
    const byModel = byIntegration.get(override.integration) ?? new Map<string, DatedRates[]>()
    const listed = catalog.get(override.integration)?.get(override.model)
    const model = listed?.model ?? override.model
    const dated = { effectiveFrom: override.effectiveFrom, rates: ratesOf(override, listed?.aliases ?? []) }
    byModel.set(model, [...(byModel.get(model) ?? []), dated])
    byIntegration.set(override.integration, byModel)
  }
  return byIntegration
}

const ratesOf = (override: RateOverride, aliases: readonly string[]): ModelRates => {
  const effectiveFrom = new Date(override.effectiveFrom).toISOString()
  return {
    model: override.model,
    aliases,
    contextWindow: override.contextWindow,
    maxOutput: override.maxOutput,
    rates: [{ effectiveFrom, usd: override.usd, source: override.source, checked: effectiveFrom }],
  }
}
