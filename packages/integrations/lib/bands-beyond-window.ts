import type { ModelRates } from './rate.ts'

/** Context bands that no input can reach, because the window ends before they begin. */
export const bandsBeyondWindow = ({
  contextWindow,
  rates,
}: Pick<ModelRates, 'contextWindow' | 'rates'>): readonly number[] =>
  rates.flatMap(({ inputAbove }) => (inputAbove !== undefined && inputAbove >= contextWindow ? [inputAbove] : []))
