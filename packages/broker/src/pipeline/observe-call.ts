import type { VendoError } from '@vendo/contract'
import type { ObservedCall } from '../observe/observer.ts'
import type { Settlement } from '../store/records.ts'
import type { PipelineDependencies } from './dependencies.ts'
import type { Address, Attempt, Incoming } from './records.ts'

/** A call whose address may not have been readable. */
export type Unaddressed = Omit<Incoming, 'address'> & { address: Address | undefined }

/** Tells the observer that a call was refused; to be called after the answer. */
export const tellRefused = (dependencies: PipelineDependencies, incoming: Unaddressed, error: VendoError): void => {
  const { code } = error
  dependencies.observer.callRefused({ ...observed(dependencies, incoming, error), code })
}

/** How an admitted call ended. */
export interface EndedAttempt {
  readonly attempt: Attempt
  readonly settlement: Settlement
  readonly failure: VendoError | undefined
}

/** Tells the observer that an admitted call is over; to be called after the answer. */
export const tellEnded = (dependencies: PipelineDependencies, incoming: Incoming, ended: EndedAttempt): void => {
  const { caller, target, route, metered } = ended.attempt.admission
  const { settlement, failure } = ended
  dependencies.observer.callEnded({
    ...observed(dependencies, incoming, failure, settlement),
    integration: target.provider.slug,
    wireFormat: route.wireFormat,
    tenantId: caller.tenantId,
    keyId: caller.key.id,
    requestModel: metered?.model ?? undefined,
    ratedModel: metered?.model === null ? undefined : metered?.rates.model,
    settlement,
  })
}

const observed = (
  { clock }: PipelineDependencies,
  { requestId, receivedAt, message, answer, address, progress }: Unaddressed,
  failure: VendoError | undefined,
  settlement?: Settlement,
): ObservedCall => {
  const status = failure?.status ?? settlement?.upstreamStatus ?? 0
  return {
    requestId,
    integration: address?.provider.slug,
    headers: message.headers,
    receivedAt,
    endedAt: clock(),
    progress,
    // Who left before there was an answer never saw a status.
    status: answer.headersSent ? status : 0,
    code: failure?.code,
  }
}
