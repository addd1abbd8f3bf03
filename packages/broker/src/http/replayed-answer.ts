import { createVendoError } from '@vendo/contract'
import type { KeptAnswer } from '../store/management-records.ts'

/** Ends a request with what was answered to the first one with its idempotency key. Not a failure. */
export class ReplayedAnswer extends Error {
  readonly status: number
  readonly body: unknown

  constructor({ status, body }: KeptAnswer) {
    super('answered before')
    this.status = status
    this.body = JSON.parse(body)
  }
}

/** The status under which an answer is kept that must not be given twice; its body says why. */
const refusesReplay = 409

/** An answer that a repeated request gets a refusal for, because the first one held what the broker does not keep. */
export const withheldAnswer = (reason: string) => ({ status: refusesReplay, body: { reason } })

/**
 * What a request gets whose idempotency key was used before, to be thrown: the answer of then, or the refusal of a key that
 * was used for something else.
 *
 * @param fingerprint of the request at hand.
 */
export const answerAgain = (earlier: KeptAnswer, fingerprint: string): Error => {
  if (earlier.fingerprint !== fingerprint) {
    return createVendoError('This Idempotency-Key was used for another request.', { code: 'idempotency_conflict' })
  }
  if (earlier.status !== refusesReplay) return new ReplayedAnswer(earlier)
  const { reason } = JSON.parse(earlier.body) as { readonly reason: string }
  return createVendoError(reason, {
    code: 'idempotency_conflict',
    suggestedFix: 'If that answer was lost, revoke what it created, and send the request again with a fresh key.',
  })
}
