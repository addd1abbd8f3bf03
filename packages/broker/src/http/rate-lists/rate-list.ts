import type { Meter } from '@vendo/contract'

/** Whose shape a list of prices has. */
export type RateListFormat = 'openrouter' | 'litellm' | 'models.dev'

/** One model as a list has it, with its standard prices in USD per million tokens or per use. */
export interface ListedRates {
  readonly integration: string
  readonly model: string
  readonly contextWindow: number
  readonly maxOutput: number
  readonly usd: Readonly<Partial<Record<Meter, string>>>
  /** The list has other prices for long inputs, which an operator's rate cannot have. */
  readonly banded: boolean
}

/** A row that was passed over. */
export interface SkippedRates {
  /** As the list names it. */
  readonly model: string
  readonly reason: string
}

/** What was found in a list. */
export interface RateList {
  readonly format: RateListFormat
  readonly rates: readonly ListedRates[]
  readonly skipped: readonly SkippedRates[]
  /** How many models carry each price that is not taken over. */
  readonly ignored: Readonly<Record<string, number>>
  /** How many models there are of providers that the broker does not meter. */
  readonly elsewhere: number
}

/** Collects a {@link RateList} row by row. */
export class RateListBuilder {
  readonly #rates = new Map<string, ListedRates>()
  readonly #skipped: SkippedRates[] = []
  readonly #ignored = new Map<string, number>()
  #elsewhere = 0

  add(name: string, rates: ListedRates): void {
    const key = `${rates.integration} ${rates.model}`
    const earlier = this.#rates.get(key)
    if (earlier === undefined) this.#rates.set(key, rates)
    else if (JSON.stringify(earlier) !== JSON.stringify(rates)) this.skip(name, 'listed twice, with other prices')
  }

  skip(model: string, reason: string): void {
    this.#skipped.push({ model: model.slice(0, 200), reason })
  }

  ignore(price: string): void {
    this.#ignored.set(price, (this.#ignored.get(price) ?? 0) + 1)
  }

  passElsewhere(): void {
    this.#elsewhere++
  }

  build(format: RateListFormat): RateList {
    return {
      format,
      rates: [...this.#rates.values()],
      skipped: this.#skipped,
      ignored: Object.fromEntries(this.#ignored),
      elsewhere: this.#elsewhere,
    }
  }
}
