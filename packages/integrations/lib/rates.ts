import type { RateTable } from './rate.ts'

export type { ModelRates, RateConditions, RateRow, RateTable } from './rate.ts'

/** Every provider's table. */
export const rateTables: readonly RateTable[] = []
