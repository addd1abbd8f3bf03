import { microsFromNanos, type Nanos } from '@vendo/contract'
import type { BalanceResponse } from '@vendo/contract/api'
import type { ApiDependencies } from './api-dependencies.ts'

/**
 * A tenant's wallet as the API shows it: never below 0, with the holds of running calls already taken off.
 *
 * @param addedNanos credit that is about to be added.
 */
export const balanceOf = async (
  { store, publicUrl }: Pick<ApiDependencies, 'store' | 'publicUrl'>,
  tenantId: string,
  addedNanos: Nanos = 0n,
): Promise<BalanceResponse> => {
  const { availableNanos, heldNanos } = await store.balance(tenantId)
  const after = availableNanos + addedNanos
  const remaining = after < 0n ? 0n : after
  return {
    credits_remaining_micros: microsFromNanos(remaining),
    credits_remaining_nanos: String(remaining),
    held_nanos: String(heldNanos),
    currency: 'USD',
    top_up_url: `${publicUrl()}/api/billing/topups`,
  }
}
