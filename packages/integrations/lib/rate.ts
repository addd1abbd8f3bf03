import type { Meter } from '@vendo/contract'

/** What must hold for a rate row to apply; an absent condition means "the standard case", not "any". */
export interface RateConditions {
  /** Service tier as the response names it; absent = standard. */
  readonly tier?: string
  readonly speed?: string
  readonly region?: string
  /** Applies when the whole input (cache included) is larger than this many tokens. */
  readonly inputAbove?: number
  /** ISO date (UTC) from which, and until before which, the row applies. */
  readonly effectiveFrom: string
  readonly effectiveUntil?: string
}

/** One price list of one model: USD per million tokens, per use, or per second of sound, as decimal strings. */
export interface RateRow extends RateConditions {
  readonly usd: Readonly<Partial<Record<Meter, string>>>
  /** Where the figures were read, and when (ISO date). */
  readonly source: string
  readonly checked: string
}

/** One model with its limits and price lists. */
export interface ModelRates {
  readonly model: string
  /** Other names under which requests or answers call it, dated ones included. */
  readonly aliases: readonly string[]
  readonly contextWindow: number
  readonly maxOutput: number
  readonly rates: readonly RateRow[]
}

/** A provider's whole table. */
export interface RateTable {
  readonly provider: string
  readonly models: readonly ModelRates[]
}
