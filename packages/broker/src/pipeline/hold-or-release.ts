import { isVendoError } from '@vendo/contract'
import type { Cap } from '../ledger/billing-events.ts'
import type { HoldFate } from '../outbox/outbox.ts'
import type { CallSubject } from '../outbox/outbox-entry.ts'
import { admissionDeadlineMs, withinDeadline } from '../outbox/store-deadline.ts'
import { isStoreFailure } from '../outbox/store-gate.ts'
import type { HoldOutcome, HoldRequest } from '../store/records.ts'
import { storeUnavailable } from '../store/store-error.ts'
import type { PipelineDependencies } from './dependencies.ts'
import { type HoldInput, holdRequestOf, type Refused, refusalOf } from './hold.ts'
import { type HeldOutcome, isHeld } from './hold-line.ts'
import type { Attempt } from './records.ts'
import { releaseOf } from './settle.ts'
import { waitInLine } from './wait-in-line.ts'

/**
 * Holds, or refuses within a second: when it resolves, the hold is durable and the attempt may be dispatched. Only where
 * running calls hold the money it waits for them, as long as the line allows. A hold whose answer was lost is never
 * dispatched: the outbox gives it back.
 *
 * @throws {VendoError} the code of the narrowest limit that fails, `held_by_open_calls`, `overloaded` or `store_unavailable`.
 * @throws {ClientGone} when the client leaves while it waits.
 */
export const holdOrRelease = async (dependencies: PipelineDependencies, input: HoldInput): Promise<Attempt> => {
  const { admission, attemptId, subject } = input
  const request = holdRequestOf(input)
  const wait = (refused?: HeldOutcome) =>
    waitInLine(dependencies, { input, request, ask: () => askStore(dependencies, input, request) }, refused)
  // Whoever spends nothing waits for nobody.
  const inLine = dependencies.line.size > 0 && request.spendNanos > 0n
  let outcome = inLine ? await wait() : await askStore(dependencies, input, request)
  if (!inLine && isHeld(outcome)) outcome = await wait(outcome)
  if (outcome.admitted) {
    const { admittedAt, reservedNanos } = outcome
    return { id: attemptId, admittedAt, admission, subject, ...(reservedNanos !== undefined && { reservedNanos }) }
  }
  tellCap(dependencies, subject, outcome)
  throw refusalOf(outcome, admission)
}

const askStore = async (
  dependencies: PipelineDependencies,
  input: HoldInput,
  request: HoldRequest,
): Promise<HoldOutcome> => {
  const { store, gate } = dependencies
  const { attemptId } = input
  const usable = gate.whenUsable()
  if (usable !== undefined) await usable
  const askedAt = performance.now()
  const asked = store.hold(request)
  const tell = ({ admitted }: HoldOutcome): void =>
    dependencies.observer.holdAnswered(attemptId, admitted, performance.now() - askedAt)
  let outcome: HoldOutcome
  try {
    outcome = await withinDeadline(asked, admissionDeadlineMs)
  } catch (error) {
    if (!isStoreFailure(error)) throw error
    // An answer that comes too late is the one that an operator wants to see.
    asked.then(tell, () => undefined)
    release(dependencies, input, asked)
    throw isVendoError(error) ? error : storeUnavailable('The store failed.', { cause: error })
  }
  tell(outcome)
  return outcome
}

const release = (
  { gate, outbox, inFlight }: PipelineDependencies,
  { attemptId, subject }: HoldInput,
  asked: Promise<HoldOutcome>,
): void => {
  gate.suspect()
  inFlight.settling(outbox.release({ settlement: releaseOf(attemptId), subject }, fateOf(asked)))
}

/** What is known of the hold when the attempt to make it is over. */
const fateOf = (asked: Promise<HoldOutcome>): Promise<HoldFate> =>
  asked.then(
    ({ admitted }) => (admitted ? 'held' : 'refused'),
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
