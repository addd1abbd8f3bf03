import { chargeFor } from '../meter/settle-charge.ts'
import { unseenOutput } from '../meter/unseen-output.ts'
import type { Settlement } from '../store/records.ts'
import type { Pricing } from './pricing.ts'
import type { Attempt } from './records.ts'
import type { RelayEnd } from './relay-end.ts'
import { withToolUse } from './settle-unbounded.ts'

/** Everything that decides what an attempt is settled at. */
export interface SettleInput {
  readonly attempt: Attempt
  readonly end: RelayEnd
  readonly pricing: Pricing
}

/** The terminal row of an attempt: what it consumed, priced as of its admission, with the flags of its admission. Pure. */
export const settlementOf = (input: SettleInput): Settlement => withFlags(input.attempt, consumed(input))

const withFlags = ({ admission: { flags } }: Attempt, settlement: Settlement): Settlement =>
  flags.length === 0 ? settlement : { ...settlement, flags: [...flags, ...settlement.flags] }

const consumed = ({ attempt, end, pricing }: SettleInput): Settlement => {
  const { caller, target, metered } = attempt.admission
  const common = {
    attemptId: attempt.id,
    responseId: end.reading?.responseId ?? null,
    upstreamStatus: end.status,
    ttfbMs: end.ttfbMs,
    durationMs: end.durationMs,
  }
  if (end.kind === 'unreached') return { ...common, ...withoutCharge('released', 'not_dispatched') }
  if (metered === undefined) return { ...common, ...observed(end) }
  const integration = target.provider.slug
  const charge = chargeFor({
    reading: end.reading,
    status: end.status,
    end: end.kind,
    bound: metered.bound,
    rates: metered.rates,
    requestModel: metered.model ?? metered.rates.model,
    integration,
    rateBook: pricing.rateBook,
    reportsCost: target.provider.reportsCost,
    marginOf: pricing.marginOf({
      tenantId: caller.tenantId,
      integration,
      model: metered.rates,
      at: attempt.admittedAt,
    }),
    at: attempt.admittedAt,
    byok: target.byok,
    unseenOutput: target.byok ? unseenOutputOf(attempt, end) : undefined,
  })
  // The answer to a form names no model, and the hold was made before the form did.
  const servedModel = charge.servedModel ?? (attempt.admission.form === undefined ? null : metered.model)
  return { ...common, ...withToolUse(charge, attempt, end), servedModel }
}

/** On a credential of the tenant's own an interrupted call is not charged for output that there was no time to write. */
const unseenOutputOf = ({ admission: { target, metered } }: Attempt, { elapsedMs }: RelayEnd): number | undefined =>
  metered === undefined
    ? undefined
    : unseenOutput({
        constants: target.provider.bound,
        model: metered.model ?? metered.rates.model,
        choices: metered.facts.choices,
        elapsedMs,
      })

type Charge = Omit<Settlement, 'attemptId' | 'responseId' | 'upstreamStatus' | 'ttfbMs' | 'durationMs'>

const withoutCharge = (state: Settlement['state'], reason: string | null): Charge => ({
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
  ...withoutCharge('actual', null),
  flags: reading?.flags ?? [],
  quantities: reading?.usage?.quantities ?? {},
  reasoningTokens: reading?.usage?.reasoning ?? null,
  servedModel: reading?.served.model ?? null,
})

/** The terminal row of an attempt of which nothing was sent. */
export const releaseOf = (attemptId: string): Settlement => ({
  ...withoutCharge('released', 'not_dispatched'),
  ...unanswered(attemptId),
})

/**
 * The terminal row of an attempt whose form did not go out to its end: the provider could not begin. Undefined where it could,
 * or where it said something itself.
 */
export const releaseOfForm = (
  { id, admission }: Attempt,
  { kind, status, durationMs }: RelayEnd,
): Settlement | undefined => {
  const open = admission.form !== undefined && admission.metered?.model === null
  if (!open || kind === 'unreached' || status !== null) return undefined
  return { ...releaseOf(id), reason: 'upload_incomplete', durationMs }
}

/** The terminal row of a free call that was answered without its provider. */
export const answeredHere = (attemptId: string, status: number, flag: string): Settlement => ({
  ...withoutCharge('actual', null),
  ...unanswered(attemptId),
  upstreamStatus: status,
  flags: [flag],
})

const unanswered = (attemptId: string) => ({
  attemptId,
  responseId: null,
  upstreamStatus: null,
  ttfbMs: null,
  durationMs: null,
})

/**
 * The terminal row of an attempt whose charge could not be worked out, because something in the broker failed
 * (`charge_failed`), or that the store refused for good (`settlement_refused`): at the hold, with that reason. Never $0, and
 * never more than was held.
 */
export const settlementAtHold = (
  { attempt, end }: Omit<SettleInput, 'pricing'>,
  reason: 'charge_failed' | 'settlement_refused' = 'charge_failed',
): Settlement => {
  const { target, metered } = attempt.admission
  const common = {
    attemptId: attempt.id,
    responseId: null,
    upstreamStatus: end.status,
    ttfbMs: end.ttfbMs,
    durationMs: end.durationMs,
  }
  if (metered === undefined) {
    return { ...common, ...withoutCharge('estimated', reason), flags: [...attempt.admission.flags, reason] }
  }
  const { bound } = metered
  return {
    ...common,
    ...withoutCharge('estimated', reason),
    flags: [...attempt.admission.flags, reason],
    walletNanos: target.byok ? 0n : bound.chargeNanos,
    spendNanos: target.byok ? bound.listNanos : bound.chargeNanos,
    listNanos: bound.listNanos,
    quantities: bound.quantities,
    tokens: bound.tokens,
  }
}
