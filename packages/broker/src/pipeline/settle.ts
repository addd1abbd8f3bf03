import { chargeFor } from '../meter/settle-charge.ts'
import type { Settlement } from '../store/records.ts'
import type { LedgerStore } from '../store/store.ts'
import type { Pricing } from './pricing.ts'
import type { Attempt } from './records.ts'
import type { RelayEnd } from './relay-end.ts'

/** Everything that decides what an attempt is settled at. */
export interface SettleInput {
  readonly attempt: Attempt
  readonly end: RelayEnd
  readonly pricing: Pricing
}

/** The terminal row of an attempt: what it consumed, priced as of its admission. Pure. */
export const settlementOf = ({ attempt, end, pricing }: SettleInput): Settlement => {
  const { caller, target, metered } = attempt.admission
  const common = {
    attemptId: attempt.id,
    responseId: end.reading?.responseId ?? null,
    upstreamStatus: end.status,
    ttfbMs: end.ttfbMs,
    durationMs: end.durationMs,
  }
  if (end.kind === 'unreached') return { ...common, ...nothing('released', 'not_dispatched') }
  if (metered === undefined) return { ...common, ...observed(end) }
  const integration = target.provider.slug
  const charge = chargeFor({
    reading: end.reading,
    status: end.status,
    end: end.kind,
    bound: metered.bound,
    rates: metered.rates,
    requestModel: metered.model,
    integration,
    rateBook: pricing.rateBook,
    reportsCost: target.provider.reportsCost,
    marginOf: pricing.marginOf(caller.tenantId, integration),
    at: attempt.admittedAt,
    byok: target.byok,
  })
  return { ...common, ...charge }
}

type Charge = Omit<Settlement, 'attemptId' | 'responseId' | 'upstreamStatus' | 'ttfbMs' | 'durationMs'>

const nothing = (state: Settlement['state'], reason: string | null): Charge => ({
  state,
  reason,
  flags: [],
  walletNanos: 0n,
  spendNanos: 0n,
  listNanos: 0n,
  cacheSavingsNanos: 0n,
  lines: [],
  quantities: {},
  tokens: 0,
  reasoningTokens: null,
  servedModel: null,
})

/** A free route: usage that its answer reports (a stored response) is on record, and costs nothing here. */
const observed = ({ reading }: RelayEnd): Charge => ({
  ...nothing('actual', null),
  flags: reading?.flags ?? [],
  quantities: reading?.usage?.quantities ?? {},
  reasoningTokens: reading?.usage?.reasoning ?? null,
  servedModel: reading?.served.model ?? null,
})

/** How a settlement that the store did not take is tried again. */
export interface SettleRetry {
  readonly wait: (ms: number) => Promise<void>
  readonly onFailure: (error: unknown, attemptId: string) => void
  readonly stopped: () => boolean
}

const firstWaitMs = 50
const longestWaitMs = 5_000

/** Writes a settlement until the store has it. It is idempotent there, so an ambiguous failure is simply tried again. */
export const settleDurably = async (
  ledger: Pick<LedgerStore, 'settle'>,
  settlement: Settlement,
  { wait, onFailure, stopped }: SettleRetry,
): Promise<void> => {
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    try {
      await ledger.settle(settlement)
      return
    } catch (error) {
      onFailure(error, settlement.attemptId)
      if (stopped()) return
      await wait(waitMs)
    }
  }
}
