import type { IncomingMessage } from 'node:http'
import { createVendoError, type Secret } from '@vendo/contract'
import { outgoingHeaders } from '../egress/outgoing-headers.ts'
import { secretMaskOf } from '../egress/secret-mask.ts'
import type { UpstreamRequest } from '../egress/upstream-call.ts'
import type { KeptAnswer } from './buffered-answer.ts'
import type { PipelineDependencies } from './dependencies.ts'
import type { Attempt, Incoming } from './records.ts'
import { Relay } from './relay.ts'
import type { RelayEnd } from './relay-end.ts'
import { ScannedAnswer } from './scanned-answer.ts'
import { UploadBody } from './upload-body.ts'
import { UploadGate } from './upload-gate.ts'

/** One dispatch under way. */
export interface Dispatched {
  /** Resolves when both sides are through, however they ended. Never rejects. */
  readonly ended: Promise<RelayEnd>
  /** The request's body, where it is streamed. */
  readonly upload: Pick<UploadBody, 'begun' | 'refusal' | 'metered'> | undefined
  /** To be called when it has ended. */
  readonly forget: () => void
}

/**
 * Sends one attempt to its provider and relays the answer.
 *
 * @throws whatever goes wrong before anything is sent.
 */
export const forward = (dependencies: PipelineDependencies, incoming: Incoming, attempt: Attempt): Dispatched => {
  const { inFlight, renewal, pools } = dependencies
  // Gone while the hold was made: nobody would read the answer, so nobody needs to pay for it.
  if (incoming.answer.destroyed) {
    return { ended: Promise.resolve(neverSent(dependencies, incoming)), upload: undefined, forget: () => undefined }
  }
  const upload = uploadOf(dependencies, incoming, attempt)
  const secret = secretOf(dependencies, attempt)
  const request = requestOf({ dependencies, incoming, attempt }, secret, upload)
  const relay = relayOf({ dependencies, incoming, attempt }, secret, upload)
  const answering = inFlight.add(relay, attempt.admission.caller.tenantId)
  const renewed = renewal.watch(attempt.id)
  const forget = () => {
    renewal.unwatch(renewed)
    inFlight.remove(answering)
  }
  try {
    pools.dispatch(request, new ScannedAnswer(relay, secretMaskOf(secret)))
  } catch (error) {
    forget()
    throw error
  }
  return { ended: relay.ended, upload, forget }
}

interface Sending {
  readonly dependencies: PipelineDependencies
  readonly incoming: Incoming
  readonly attempt: Attempt
}

const secretOf = ({ vault }: PipelineDependencies, { admission }: Attempt): Secret => {
  const { sealed, tenantId, id } = admission.target.connection
  return vault.open(sealed, { tenantId, connectionId: id, field: 'secret' })
}

const relayOf = (sending: Sending, secret: Secret, upload: UploadBody | undefined): Relay => {
  const { dependencies, incoming, attempt } = sending
  const { caller, route, target, metered } = attempt.admission
  return new Relay({
    answer: incoming.answer,
    requestId: incoming.requestId,
    wireFormat: route.wireFormat,
    mask: secretMaskOf(secret),
    pooled: !target.byok,
    usageAdded: metered?.usageAdded ?? false,
    totalMs: dependencies.timeouts.totalMs,
    heartbeatMs: dependencies.heartbeatMs,
    drains: dependencies.drains,
    upload,
    onDisconnect: caller.key.limits.on_disconnect ?? dependencies.onDisconnect(target.provider.slug),
    clock: dependencies.clock,
    keep: keeping(sending),
  })
}

const requestOf = (sending: Sending, secret: Secret, upload: UploadBody | undefined): UpstreamRequest => {
  const { dependencies, incoming, attempt } = sending
  const { route, target, metered, body, caller } = attempt.admission
  const { connection } = target
  const headers = outgoingHeaders({
    rawHeaders: incoming.message.rawHeaders,
    provider: target.provider,
    secret,
    // A kept answer must suit clients that ask for no compression.
    identityEncoding: metered?.usageAdded === true || route.cacheSeconds !== undefined,
    traceContext: dependencies.forwardTraceContext,
    pooledFor: target.byok ? undefined : caller.tenantId,
  })
  return {
    origin: dependencies.originOf(target.provider),
    // A changed credential is another envelope. A connection's tenant is not always the caller's: both are named.
    party: `${caller.tenantId} ${connection.id} ${connection.sealed.envelope}`,
    path: incoming.address.path + incoming.address.query,
    method: route.method,
    headers,
    body: upload ?? body,
    bodyLength: upload && announcedLength(incoming.message),
  }
}

const uploadOf = ({ mostUploadBytes }: PipelineDependencies, incoming: Incoming, { admission }: Attempt) => {
  const { route, form } = admission
  if (route.streamsBody !== true) return undefined
  const terms = form === undefined ? { mostBytes: mostUploadBytes } : { ...form, gate: new UploadGate(form) }
  return new UploadBody(incoming, terms)
}

/** Some providers refuse a file of unknown length; without one it goes on in chunks, as it came. */
const announcedLength = ({ headers: { 'content-length': length } }: IncomingMessage): number | undefined =>
  length === undefined ? undefined : Number(length)

/** The end of an attempt of which nothing was sent. */
const neverSent = ({ clock }: PipelineDependencies, { receivedAt }: Incoming): RelayEnd => ({
  kind: 'unreached',
  status: null,
  reading: undefined,
  ttfbMs: null,
  durationMs: clock() - receivedAt,
  elapsedMs: 0,
  replaced: null,
  headSent: false,
})

/** The name under which the answer of a cacheable route is kept, or undefined. */
export const catalogName = (
  { address, message }: Incoming,
  { admission }: Pick<Attempt, 'admission'>,
): string | undefined => {
  if (admission.route.cacheSeconds === undefined) return undefined
  const variant = variantHeaders.map((name) => message.headers[name] ?? '')
  return JSON.stringify([admission.target.connection.id, address.path, address.query, ...variant])
}

/** Request headers that change what a catalog shows. */
const variantHeaders = ['anthropic-version', 'anthropic-beta', 'openai-beta']

const keeping = ({ dependencies: { catalogs }, incoming, attempt }: Sending) => {
  const name = catalogName(incoming, attempt)
  const seconds = attempt.admission.route.cacheSeconds
  if (name === undefined || seconds === undefined) return undefined
  return (answer: KeptAnswer) => catalogs.put(name, answer, seconds)
}

/** The error a client gets for an attempt that ended before any of the provider's answer reached it; undefined when it has its answer. */
export const failureOf = ({ kind, status, replaced, headSent }: RelayEnd, slug: string) => {
  if (replaced === 'upstream_credentials_exhausted') {
    return createVendoError(`${slug} refused the credential that the operator of this broker set.`, {
      code: 'upstream_credentials_exhausted',
      slug,
    })
  }
  if (replaced === 'upstream_redirect') {
    return createVendoError(`${slug} answered with a redirect, which Vendo does not follow.`, {
      code: 'upstream_error',
      slug,
    })
  }
  if (kind === 'complete' || headSent) return undefined
  if (kind === 'timeout') return createVendoError(`${slug} did not answer in time.`, { code: 'upstream_timeout', slug })
  if (kind === 'shutdown') return createVendoError('The broker is shutting down.', { code: 'overloaded', slug })
  const before = status === null ? 'it answered' : `its answer with status ${status} was whole`
  const what = kind === 'unreached' ? 'could not be reached' : `broke off before ${before}`
  return createVendoError(`${slug} ${what}.`, { code: 'upstream_error', slug })
}
