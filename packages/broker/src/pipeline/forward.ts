import type { IncomingMessage } from 'node:http'
import { createVendoError } from '@vendo/contract'
import { outgoingHeaders } from '../egress/outgoing-headers.ts'
import { secretMaskOf } from '../egress/secret-mask.ts'
import type { KeptAnswer } from './buffered-answer.ts'
import { ClientSide } from './client-side.ts'
import type { PipelineDependencies } from './dependencies.ts'
import type { Attempt, Incoming } from './records.ts'
import { Relay, type RelayInput } from './relay.ts'
import type { RelayEnd } from './relay-end.ts'
import { UploadBody } from './upload-body.ts'

/** One dispatch and what came of it. */
export interface Forwarded {
  readonly end: RelayEnd
  readonly clientGone: boolean
  /** The request's body, where it was streamed. */
  readonly upload?: Pick<UploadBody, 'begun' | 'refusal'>
}

/** Sends one attempt to its provider and relays the answer; resolves when both sides are through, however they ended. */
export const forward = async (
  dependencies: PipelineDependencies,
  incoming: Incoming,
  attempt: Attempt,
): Promise<Forwarded> => {
  const { admission } = attempt
  const { provider, connection } = admission.target
  // Gone while the hold was made: nobody would read the answer, so nobody needs to pay for it.
  if (incoming.answer.destroyed) return { end: neverSent(dependencies, incoming), clientGone: true }
  const secret = dependencies.vault.open(connection.sealed, {
    tenantId: connection.tenantId,
    connectionId: connection.id,
    field: 'secret',
  })
  const usageAdded = admission.metered?.usageAdded ?? false
  const upload = uploadOf(dependencies, incoming, attempt)
  // Its listeners stay when something in between throws, and must then find nothing to call.
  let relay: Relay | undefined
  const client = new ClientSide(incoming.answer, {
    onDrain: () => relay?.resume(),
    onGone: () => relay?.clientGone(),
  })
  const relayInput: RelayInput = {
    client,
    requestId: incoming.requestId,
    wireFormat: admission.route.wireFormat,
    mask: secretMaskOf(secret),
    pooled: !admission.target.byok,
    usageAdded,
    totalMs: dependencies.timeouts.totalMs,
    heartbeatMs: dependencies.heartbeatMs,
    drains: dependencies.drains,
    // An upload that stops in the middle has no answer to wait for.
    onDisconnect: upload
      ? 'abort'
      : (admission.caller.key.limits.on_disconnect ?? dependencies.onDisconnect(provider.slug)),
    clock: dependencies.clock,
    ...keeping(dependencies, incoming, attempt),
  }
  const headers = outgoingHeaders({
    rawHeaders: incoming.message.rawHeaders,
    provider,
    secret,
    // A kept answer must suit clients that ask for no compression.
    identityEncoding: usageAdded || admission.route.cacheSeconds !== undefined,
    traceContext: dependencies.forwardTraceContext,
  })
  const request = {
    origin: dependencies.originOf(provider),
    path: incoming.address.path + incoming.address.query,
    method: admission.route.method,
    headers,
    body: upload ?? admission.body,
    ...(upload && announcedLength(incoming.message)),
  }
  relay = new Relay(relayInput)
  const remove = dependencies.inFlight.add(relay, admission.caller.tenantId)
  const unwatch = dependencies.renewal.watch(attempt.id)
  try {
    dependencies.pools.dispatch(request, relay)
    const end = await relay.ended
    const clientGone = incoming.answer.destroyed && end.kind !== 'complete'
    return { end, clientGone, ...(upload && { upload }) }
  } finally {
    unwatch()
    remove()
  }
}

const uploadOf = ({ mostUploadBytes }: PipelineDependencies, incoming: Incoming, { admission }: Attempt) =>
  admission.route.streamsBody === true ? new UploadBody(incoming, mostUploadBytes) : undefined

/** Some providers refuse a file of unknown length; without one it goes on in chunks, as it came. */
const announcedLength = ({ headers: { 'content-length': length } }: IncomingMessage) =>
  length === undefined ? {} : { bodyLength: Number(length) }

/** The end of an attempt of which nothing was sent. */
const neverSent = ({ clock }: PipelineDependencies, { receivedAt }: Incoming): RelayEnd => ({
  kind: 'unreached',
  status: null,
  reading: undefined,
  ttfbMs: null,
  durationMs: clock() - receivedAt,
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

const keeping = ({ catalogs }: PipelineDependencies, incoming: Incoming, attempt: Attempt) => {
  const name = catalogName(incoming, attempt)
  const seconds = attempt.admission.route.cacheSeconds
  if (name === undefined || seconds === undefined) return {}
  return { keep: (answer: KeptAnswer) => catalogs.put(name, answer, seconds) }
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
