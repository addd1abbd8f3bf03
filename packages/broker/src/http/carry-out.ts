import type { Context } from 'hono'
import type { Effect } from '../store/management-records.ts'
import type { DirectoryStore } from '../store/store.ts'
import type { ApiEnvironment } from './api-environment.ts'
import { answerAgain } from './replayed-answer.ts'

/** What a request does, and what is answered to a repetition of it. */
export interface Intent {
  readonly effects: readonly Effect[]
  /** Never with a secret: it is kept as it is. */
  readonly answer: { readonly status: number; readonly body: unknown }
}

/**
 * Carries out what a request asks for, all of it or nothing, and keeps the answer in the same transaction if the request
 * has an `Idempotency-Key`.
 *
 * @throws the answer to the first request with this key, if another one was faster; what the effects throw.
 */
export const carryOut = async (
  context: Context<ApiEnvironment>,
  store: Pick<DirectoryStore, 'carryOut'>,
  { effects, answer }: Intent,
): Promise<void> => {
  const { claim } = context.var
  if (claim === undefined) {
    await store.carryOut({ claim: null, effects })
    return
  }
  const kept = { ...claim, status: answer.status, body: JSON.stringify(answer.body) }
  const outcome = await store.carryOut({ claim: kept, effects })
  if (!outcome.done) throw answerAgain(outcome.earlier, claim.fingerprint)
}
