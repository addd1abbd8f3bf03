/** The rate tables. A subpath of its own, so that the SDK never carries them. */

export { rateTables } from '../rates.gen.ts'
export { bandsBeyondWindow } from './bands-beyond-window.ts'
export { closestNames } from './closest-name.ts'
export type { ModelRates, RateConditions, RateRow, RateTable } from './rate.ts'
