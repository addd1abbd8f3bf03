import { isVendoError } from '@vendo/contract'
import type { Cap } from '../ledger/billing-events.ts'
import type { HoldFate } from '../outbox/outbox.ts'
import type { CallSubject } from '../outbox/outbox-entry.ts'
import { admissionDeadlineMs, withinDeadline } from '../outbox/store-deadline.ts'
import { isStoreFailure } from '../outbox/store-gate.ts'
import { storeUnavailable } from '../store/store-error.ts'
import type { PipelineDependencies } from './dependencies.ts'
import { type HoldInput, hold, type Refused } from './hold.ts'
import type { Attempt } from './records.ts'
import { releaseOf } from './settle.ts'

/**
 * Holds, or refuses within a second. A hold whose answer was lost is never dispatched: the outbox gives it back.
 *
 * @throws {VendoError} the code of the narrowest limit that fails, or `store_unavailable`.
 */
export const holdOrRelease = async (
  dependencies: PipelineDependencies,
  input: Omit<HoldInput, 'ledger'>,
): Promise<Attempt> => {
  const { store, gate, outbox, inFlight } = dependencies
  await gate.whenUsable()
  const onRefused = (refusal: Refused) => tellCap(dependencies, input.subject, refusal)
  const asked = hold({ ...input, ledger: store, onRefused })
  try {
    return await withinDeadline(asked, admissionDeadlineMs)
  } catch (error) {
    if (!isStoreFailure(error)) throw error
    gate.suspect()
    const draft = { settlement: releaseOf(input.attemptId), subject: input.subject }
    inFlight.settling(outbox.release(draft, fateOf(asked)))
    throw isVendoError(error) ? error : storeUnavailable('The store failed.', { cause: error })
  }
}

/** What is known of the hold when the attempt to make it is over. */
const fateOf = (asked: Promise<Attempt>): Promise<HoldFate> =>
  asked.then(
    () => 'held',
    (error: unknown) => (isStoreFailure(error) ? 'unknown' : 'refused'),
  )

const caps: Partial<Record<Refused['code'], Cap>> = {
  spend_cap_daily: 'day',
  spend_cap_monthly: 'month',
  spend_cap_total: 'total',
}

const tellCap = ({ billing }: PipelineDependencies, subject: CallSubject, { code, scope: kind }: Refused): void => {
  const cap = caps[code]
  const id = { key: subject.keyId, app: subject.appId, tenant: subject.tenantId }[kind]
  if (cap !== undefined && id !== null) billing.capRefused({ kind, id, tenantId: subject.tenantId }, cap)
}
