import type { RateTable } from '@vendo/integrations/rates'
import { createMarginLookup, type MarginLookup } from '../meter/margin.ts'
import { createRateBook, type RateBook } from '../meter/rate-book.ts'
import type { Directory } from './directory.ts'
import type { Soon } from './soon.ts'

/** Rates and margins as they stand now; a call keeps the ones it was admitted with. */
export interface Pricing {
  readonly rateBook: RateBook
  readonly marginOf: MarginLookup
}

/** Returns the current pricing; rebuilt only after a management write. */
export const createPricingSource = (directory: Directory, tables: readonly RateTable[]): (() => Soon<Pricing>) => {
  let built: { readonly version: number; readonly from: string; readonly pricing: Pricing } | undefined
  const rebuild = async (): Promise<Pricing> => {
    const version = directory.version()
    const [overrides, margins] = await Promise.all([directory.rateOverrides(), directory.margins()])
    // Other brokers of the store make this one look again and again; mostly nothing has changed.
    const from = JSON.stringify([overrides, margins])
    if (built?.from === from) {
      built = { ...built, version }
      return built.pricing
    }
    const pricing: Pricing = {
      rateBook: createRateBook({ tables, overrides }),
      marginOf: createMarginLookup(margins),
    }
    built = { version, from, pricing }
    return pricing
  }
  return () => (built?.version === directory.version() ? built.pricing : rebuild())
}
