import { microsFromNanos } from '@vendo/contract'
import type { BalanceResponse } from '@vendo/contract/api'
import type { ApiDependencies } from './api-dependencies.ts'

/** A tenant's wallet as the API shows it: never below 0, with the holds of running calls already taken off. */
export const balanceOf = async (
  { store, publicUrl }: Pick<ApiDependencies, 'store' | 'publicUrl'>,
  tenantId: string,
): Promise<BalanceResponse> => {
  const { availableNanos, heldNanos } = await store.balance(tenantId)
  const remaining = availableNanos < 0n ? 0n : availableNanos
  return {
    credits_remaining_micros: microsFromNanos(remaining),
    credits_remaining_nanos: String(remaining),
    held_nanos: String(heldNanos),
    currency: 'USD',
    top_up_url: `${publicUrl()}/api/billing/topups`,
  }
}
