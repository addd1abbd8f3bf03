import type { IncomingMessage, ServerResponse } from 'node:http'
import { headerNames, type VendoError } from '@vendo/contract'
import type { Route } from '@vendo/integrations/providers'
import { answerHeaders } from '../egress/answer-headers.ts'
import { CallProgress } from '../observe/call-progress.ts'
import type { CallLogLine } from '../observe/logger.ts'
import type { Settlement } from '../store/records.ts'
import { admit } from './admit.ts'
import { assertOwnAccount } from './assert-own-account.ts'
import { assertOwnResponse } from './assert-own-response.ts'
import { authenticate } from './authenticate.ts'
import { bind } from './bind.ts'
import { subjectOf } from './call-subject.ts'
import { classify } from './classify.ts'
import { correctPending } from './correct-pending.ts'
import type { PipelineDependencies } from './dependencies.ts'
import { catalogName, type Forwarded, failureOf, forward } from './forward.ts'
import { holdOrRelease } from './hold-or-release.ts'
import { type EndedAttempt, tellEnded, tellRefused, type Unaddressed } from './observe-call.ts'
import { outliveAnswer } from './outlive-answer.ts'
import type { Pricing } from './pricing.ts'
import { readAddress } from './read-address.ts'
import { assertAnnouncedSize, type BufferedBody, ClientGone, readBody } from './read-body.ts'
import type { Address, Admission, Attempt, Incoming } from './records.ts'
import { asVendoError, refuse } from './refuse.ts'
import { answeredHere, releaseOf, type SettleInput, settlementAtHold, settlementOf } from './settle.ts'
import { andThen } from './soon.ts'

/** Takes one proxied request through every step, and resolves when it is settled. Never rejects. */
export type RunRequest = (message: IncomingMessage, answer: ServerResponse) => Promise<void>

/** How often an attempt that could not be dispatched at all is tried in total. */
const mostAttempts = 2

/** Wires the steps: address, authenticate, bind, classify, admit, hold, forward and relay, settle. */
export const createRunRequest = (dependencies: PipelineDependencies): RunRequest => {
  const run = async (message: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const requestId = dependencies.newId('req')
    const receivedAt = dependencies.clock()
    const progress = new CallProgress()
    let address: Address | undefined
    try {
      address = readAddress(message.url ?? '', message.headers.host, dependencies.addressBook)
      await answerRequest(dependencies, { requestId, receivedAt, message, answer, address, progress })
    } catch (error) {
      if (error instanceof ClientGone) return
      refuseAndLog(dependencies, { requestId, receivedAt, message, answer, address, progress }, asVendoError(error))
    }
  }
  /** An error of the error path must end one call, not the process. */
  const runSafely = async (message: IncomingMessage, answer: ServerResponse): Promise<void> => {
    try {
      await run(message, answer)
    } catch {
      if (!answer.writableEnded) answer.destroy()
    }
  }
  return (message, answer) => dependencies.inFlight.track(runSafely(message, answer))
}

const answerRequest = async (dependencies: PipelineDependencies, incoming: Incoming): Promise<void> => {
  const { message, address } = incoming
  const identified = identify(dependencies, incoming)
  const { caller, target } = identified instanceof Promise ? await identified : identified
  const route = classify(address.provider, message.method ?? 'GET', address.path)
  if (route.streamsBody === true) outliveAnswer(message, incoming.answer)
  incoming.progress.classified(route)
  assertOwnAccount(target, route)
  const body = await takeBody(dependencies, incoming, route)
  try {
    const asked = dependencies.pricing()
    const pricing = asked instanceof Promise ? await asked : asked
    const admission = admit({
      caller,
      target,
      route,
      address,
      contentType: message.headers['content-type'],
      body: body.bytes,
      pricing,
      now: dependencies.clock(),
    })
    const checked = assertOwnResponse(dependencies, { caller, target, route, path: address.path, body: admission.body })
    if (checked !== undefined) await checked
    await attemptUntilSent(dependencies, incoming, admission, pricing)
  } finally {
    body.release()
  }
}

/** Who calls, and what with. */
const identify = ({ directory }: PipelineDependencies, { message, address }: Incoming) => {
  const headers = { get: (name: string) => firstHeader(message, name) }
  const wanted = firstHeader(message, headerNames.connection)
  return andThen(authenticate(directory, headers, address.queryKey), (caller) =>
    andThen(bind(directory, caller, address.provider, wanted), (target) => ({ caller, target })),
  )
}

/** The body that the call is admitted by: a streamed one stays where it is until its provider takes it. */
const takeBody = async (
  { bodies, mostUploadBytes }: PipelineDependencies,
  incoming: Incoming,
  route: Route,
): Promise<BufferedBody> => {
  if (route.streamsBody === true) {
    assertAnnouncedSize(incoming.message, mostUploadBytes)
    return unread
  }
  incoming.progress.bodyAwaited()
  const body = await readBody(incoming, bodies)
  incoming.progress.bodyRead()
  return body
}

const unread: BufferedBody = { bytes: Buffer.alloc(0), release: () => undefined }

/** Only an attempt of which nothing was sent is tried again, as a row and a hold of its own. */
const attemptUntilSent = async (
  dependencies: PipelineDependencies,
  incoming: Incoming,
  admission: Admission,
  pricing: Pricing,
): Promise<void> => {
  // Before anything is held: nothing that a settlement needs may fail after that.
  const subject = subjectOf(incoming.requestId, admission)
  for (let number = 1; ; number++) {
    const attemptId = dependencies.newId('att')
    const attempt = await holdOrRelease(dependencies, { admission, attemptId, subject, ttlMs: dependencies.holdTtlMs })
    incoming.progress.dispatched()
    const forwarded = await forwardSafely(dependencies, incoming, attempt)
    if (forwarded === 'kept') return
    const { end, clientGone, upload } = forwarded
    const settlement = decide(dependencies, { attempt, end, pricing })
    settleInBackground(dependencies, attempt, settlement)
    const last = end.kind !== 'unreached' || clientGone || upload?.begun === true || number >= mostAttempts
    if (!last) continue
    void correctPending(dependencies, attempt, end, pricing)
    const failure = upload?.refusal ?? failureOf(end, admission.target.provider.slug)
    if (failure !== undefined) refuse(incoming.answer, failure, refusalOf(incoming))
    logCall(dependencies, incoming, { attempt, settlement, failure })
    tellEnded(dependencies, incoming, { attempt, settlement, failure })
    return
  }
}

/** An attempt that fails before it is dispatched (an unreadable credential) sent nothing: its hold is released, not leaked. */
const forwardSafely = async (
  dependencies: PipelineDependencies,
  incoming: Incoming,
  attempt: Attempt,
): Promise<Forwarded | 'kept'> => {
  try {
    if (answerFromCatalog(dependencies, incoming, attempt)) return 'kept'
    return await forward(dependencies, incoming, attempt)
  } catch (error) {
    settleInBackground(dependencies, attempt, releaseOf(attempt.id))
    throw error
  }
}

/** Whatever fails in pricing, the attempt is settled. */
const decide = ({ logger }: PipelineDependencies, input: SettleInput): Settlement => {
  try {
    return settlementOf(input)
  } catch (error) {
    logger.error({ attemptId: input.attempt.id, error: String(error) }, 'charge failed: settled at the hold')
    return settlementAtHold(input)
  }
}

const answerFromCatalog = (dependencies: PipelineDependencies, incoming: Incoming, attempt: Attempt): boolean => {
  const name = catalogName(incoming, attempt)
  const kept = name === undefined ? undefined : dependencies.catalogs.get(name)
  if (kept === undefined) return false
  const { headers, status, body } = kept
  const { answer, requestId } = incoming
  answer.writeHead(status, answerHeaders({ headers, requestId, maskHeader: (value) => value, edited: false }))
  answer.end(body)
  const settlement = answeredHere(attempt.id, status, 'catalog_cache')
  settleInBackground(dependencies, attempt, settlement)
  tellEnded(dependencies, incoming, { attempt, settlement, failure: undefined })
  return true
}

const settleInBackground = (
  { outbox, inFlight }: PipelineDependencies,
  { subject }: Attempt,
  settlement: Settlement,
): void => {
  inFlight.settling(outbox.settle({ kind: 'terminal', settlement, subject }))
}

const firstHeader = (message: IncomingMessage, name: string): string | undefined => {
  const value = message.headers[name]
  return Array.isArray(value) ? value[0] : value
}

const refusalOf = ({ requestId, address }: Pick<Incoming, 'requestId'> & { address: Address | undefined }) => ({
  shape: address?.provider.errorShape ?? ('openai' as const),
  requestId,
})

const refuseAndLog = (dependencies: PipelineDependencies, incoming: Unaddressed, error: VendoError): void => {
  const { logger, clock } = dependencies
  const { requestId, receivedAt, answer, address } = incoming
  const status = refuse(answer, error, refusalOf(incoming))
  tellRefused(dependencies, incoming, error)
  const integration = address?.provider.slug ?? ''
  const line: CallLogLine = { requestId, integration, status, code: error.code, durationMs: clock() - receivedAt }
  if (error.cause === undefined) logger.info(line, 'refused')
  else logger.error({ ...line, error: String(error.cause) }, 'failed')
}

const logCall = (
  { logger, clock }: PipelineDependencies,
  { requestId, receivedAt }: Incoming,
  { attempt: { id, admission }, settlement, failure }: EndedAttempt,
): void => {
  const line: CallLogLine = {
    requestId,
    attemptId: id,
    integration: admission.target.provider.slug,
    route: `${admission.route.method} ${admission.route.path}`,
    model: settlement.servedModel ?? admission.metered?.model ?? null,
    keyId: admission.caller.key.id,
    status: failure?.status ?? settlement.upstreamStatus ?? 0,
    ...(failure === undefined ? {} : { code: failure.code }),
    state: settlement.state,
    reason: settlement.reason,
    chargeNanos: settlement.walletNanos.toString(),
    durationMs: clock() - receivedAt,
  }
  logger.info(line, 'call')
}
