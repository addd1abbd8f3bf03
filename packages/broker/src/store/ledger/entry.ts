import type { Nanos } from '@vendo/contract'
import type { HoldRequest } from '../records.ts'

/** What an account counts, and therefore which part of a settlement it gets. */
export type Measure = 'wallet' | 'spend' | 'tokens' | 'request' | 'slot'

/** One account that a hold touched. Kept with the hold, so that the settlement moves exactly this. */
export interface Entry {
  readonly account: string
  readonly measure: Measure
  readonly amount: bigint
}

/** The three amounts that a hold sets aside and a settlement finds. */
export interface Amounts {
  readonly walletNanos: Nanos
  readonly spendNanos: Nanos
  readonly tokens: number
}

/** What a measure counts of the given amounts, once the call is over: a request stays counted, a slot becomes free. */
export const settledAmount = (measure: Measure, amounts: Amounts): bigint => amountsByMeasure[measure](amounts)

/** What a measure sets aside for a hold. */
export const heldAmount = (measure: Measure, request: Pick<HoldRequest, keyof Amounts>): bigint =>
  measure === 'slot' ? 1n : settledAmount(measure, request)

const amountsByMeasure = {
  wallet: ({ walletNanos }) => walletNanos,
  spend: ({ spendNanos }) => spendNanos,
  tokens: ({ tokens }) => BigInt(tokens),
  request: () => 1n,
  slot: () => 0n,
} satisfies { [M in Measure]: (amounts: Amounts) => bigint }
