import type { ServerResponse } from 'node:http'
import { createVendoError, usdFromNanos, type VendoError } from '@vendo/contract'
import type { CallProgress } from '../observe/call-progress.ts'
import type { CallSubject } from '../outbox/outbox-entry.ts'
import type { HoldOutcome, HoldRequest } from '../store/records.ts'
import { routeName } from './classify.ts'
import type { Admission } from './records.ts'

/** What a hold is asked for with. */
export interface HoldInput {
  readonly admission: Admission
  readonly attemptId: string
  readonly subject: CallSubject
  /** How long the attempt can last at most, its settlement included. */
  readonly ttlMs: number
  /** Who waits for the hold, if it has to be waited for. */
  readonly client: HoldClient
}

/** The client's end of a call that is not dispatched yet. */
export interface HoldClient {
  readonly answer: Pick<ServerResponse, 'once' | 'removeListener' | 'destroyed'>
  readonly progress: Pick<CallProgress, 'lineWaited'>
}

/** Requests per minute on free routes, for keys that set no limit of their own. */
const freeRequestsPerMinute = 60

/** The hold of an attempt: its bound, for the wallet and for every limit. */
export const holdRequestOf = ({ admission, attemptId, subject, ttlMs }: HoldInput): HoldRequest => {
  const { target, route, metered } = admission
  const amount = metered === undefined ? 0n : target.byok ? metered.bound.listNanos : metered.bound.chargeNanos
  return {
    attemptId,
    requestId: subject.requestId,
    tenantId: subject.tenantId,
    keyId: subject.keyId,
    appId: subject.appId,
    connectionId: target.connection.id,
    integration: subject.integration,
    route: routeName(route),
    model: subject.model,
    streamed: metered?.facts.stream ?? false,
    walletNanos: target.byok ? 0n : amount,
    spendNanos: amount,
    ...(metered?.bound.unbounded !== undefined && { reservesRest: true }),
    tokens: metered?.bound.tokens ?? 0,
    defaultRequestsPerMinute: route.class === 'free' ? freeRequestsPerMinute : null,
    ttlMs,
  }
}

/** The ledger's no. */
export type Refused = Extract<HoldOutcome, { readonly admitted: false }>

/** How soon it is worth trying again when running calls hold the money: they end at any time. */
const heldRetrySeconds = 5

/** What the client is told when running calls hold the money that its call needs, and waiting has not helped. */
export const heldByOpenCalls = ({ target }: Admission): VendoError =>
  createVendoError('Calls that are running hold the money that this call can cost.', {
    code: 'held_by_open_calls',
    slug: target.provider.slug,
    retryAfter: heldRetrySeconds,
  })

/** What the client is told of it: the code of the narrowest limit that fails. */
export const refusalOf = (outcome: Refused, admission: Admission): VendoError => {
  const retryAfter = outcome.code === 'concurrency_limited' ? 1 : outcome.retryAfterSeconds
  return createVendoError(messageOf(outcome, admission), {
    code: outcome.code,
    slug: admission.target.provider.slug,
    retryAfter,
  })
}

const messageOf = (outcome: Refused, admission: Admission): string => {
  switch (outcome.code) {
    case 'balance_exhausted':
      return outcome.withheld
        ? 'The wallet behind this key does not cover the most that this call can cost.'
        : `${cost(outcome)} of the balance is left.${fitting(outcome, admission)}`
    case 'spend_cap_daily':
      return overCap('daily', outcome, admission)
    case 'spend_cap_monthly':
      return overCap('monthly', outcome, admission)
    case 'spend_cap_total':
      return overCap('total', outcome, admission)
    case 'rate_limited':
      return outcome.scope === 'key'
        ? `This key has reached its limit per minute (asked for ${outcome.required}, ${outcome.available} left).`
        : `The ${outcome.scope} of this key has reached its limit per minute.`
    case 'concurrency_limited':
      return `As many calls run as ${holderOf(outcome)} may have at one time.`
    case 'app_unknown':
      return 'This Vendo key is not known here.'
    case 'app_revoked':
      return 'This Vendo key was revoked.'
    case 'app_expired':
      return 'This Vendo key has expired.'
    case 'connection_revoked':
      return 'The connection behind this call was revoked.'
    case 'connection_needs_reauth':
      return 'The connection behind this call must be connected again.'
  }
}

const cost = ({ required, available }: Refused): string =>
  `This call can cost up to $${usdFromNanos(required)}, and $${usdFromNanos(available < 0n ? 0n : available)}`

/** A key with a cap of its own must not learn what a wider scope has left. */
const overCap = (window: 'daily' | 'monthly' | 'total', outcome: Refused, admission: Admission): string =>
  outcome.withheld
    ? `The ${window} cap of ${holderOf(outcome)} does not cover the most that this call can cost.`
    : `${cost(outcome)} of the ${window} cap of ${holderOf(outcome)} is left.${fitting(outcome, admission)}`

const holderOf = ({ scope }: Refused): string => (scope === 'key' ? 'this key' : `the ${scope} of this key`)

const fitting = ({ available }: Refused, { metered, target }: Admission): string => {
  const most = metered?.bound.fittingMaxOutput(available, target.byok ? 'list' : 'charge')
  if (most === undefined || most < 1) return ' Its input alone does not fit.'
  return ` It fits with max_tokens of ${most} or less.`
}
