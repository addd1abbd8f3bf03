import { createVendoError } from '@vendo/contract'
import type { HoldOutcome, HoldRequest } from '../store/records.ts'
import type { PipelineDependencies } from './dependencies.ts'
import { type HoldClient, type HoldInput, heldByOpenCalls } from './hold.ts'
import type { Claimant, HeldOutcome } from './hold-line.ts'
import { ClientGone } from './read-body.ts'

/** A hold that is waited for. */
export interface AwaitedHold {
  readonly input: HoldInput
  readonly request: HoldRequest
  readonly ask: () => Promise<HoldOutcome>
}

/**
 * Holds in turn with the other calls that wait for the same money. The store's last word, where it is not that running calls
 * hold it.
 *
 * @throws {VendoError} `held_by_open_calls` when waiting did not help, `overloaded` when the broker shuts down meanwhile.
 * @throws {ClientGone} when the client leaves first: it holds nothing then.
 */
export const waitInLine = async (
  { line }: Pick<PipelineDependencies, 'line'>,
  { input, request, ask }: AwaitedHold,
  refused?: HeldOutcome,
): Promise<HoldOutcome> => {
  const since = performance.now()
  const outcome = await line.hold(claimantOf(request, ask, input.client), refused)
  input.client.progress.lineWaited(performance.now() - since)
  if (typeof outcome !== 'string') return outcome
  if (outcome === 'client_gone') throw new ClientGone()
  if (outcome === 'shutdown') {
    const { slug } = input.admission.target.provider
    throw createVendoError('The broker is shutting down.', { code: 'overloaded', slug })
  }
  throw heldByOpenCalls(input.admission)
}

const claimantOf = (request: HoldRequest, ask: () => Promise<HoldOutcome>, { answer }: HoldClient): Claimant => {
  const { tenantId, keyId, appId, walletNanos } = request
  const purses = { key: `key:${keyId}`, app: `app:${appId ?? ''}`, tenant: `tenant:${tenantId}`, wallet: 'wallet' }
  const spends = [purses.key, ...(appId === null ? [] : [purses.app]), purses.tenant]
  return {
    tenantId,
    purses: walletNanos > 0n ? [...spends, purses.wallet] : spends,
    ask,
    purseOf: ({ code, scope }) => purses[code === 'balance_exhausted' ? 'wallet' : scope],
    onGone: (leave) => {
      // Gone before anybody listened: the event has been.
      if (answer.destroyed) queueMicrotask(leave)
      answer.once('close', leave)
      return () => void answer.removeListener('close', leave)
    },
  }
}
