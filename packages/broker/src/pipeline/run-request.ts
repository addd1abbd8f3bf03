import type { IncomingMessage, ServerResponse } from 'node:http'
import { headerNames, type VendoError } from '@vendo/contract'
import { answerHeaders } from '../egress/answer-headers.ts'
import { CallProgress } from '../observe/call-progress.ts'
import { type CallLogLine, logCallLine } from '../observe/logger.ts'
import type { Settlement } from '../store/records.ts'
import { assertReadable } from './admit.ts'
import { admitBody, countRefused, isExamined } from './admit-body.ts'
import { admitForm } from './admit-form.ts'
import { assertBuilt } from './assert-built.ts'
import { assertNoNavigation } from './assert-no-navigation.ts'
import { assertOwnAccount } from './assert-own-account.ts'
import { assertOwnReferences } from './assert-own-references.ts'
import { authenticate } from './authenticate.ts'
import { bind } from './bind.ts'
import { subjectOf } from './call-subject.ts'
import { classify, routeName } from './classify.ts'
import { correctPending } from './correct-pending.ts'
import type { PipelineDependencies } from './dependencies.ts'
import { catalogName, type Dispatched, failureOf, forward } from './forward.ts'
import { holdOrRelease } from './hold-or-release.ts'
import { type EndedAttempt, tellEnded, tellRefused, type Unaddressed } from './observe-call.ts'
import { outliveAnswer } from './outlive-answer.ts'
import { payerOf } from './payer.ts'
import type { Pricing } from './pricing.ts'
import { readAddress } from './read-address.ts'
import { assertAnnouncedSize, type BufferedBody, ClientGone, readBody } from './read-body.ts'
import type { Address, Admission, Attempt, Incoming, MeteredRequest } from './records.ts'
import { asVendoError, refuse } from './refuse.ts'
import { answeredHere, releaseOf, releaseOfForm, type SettleInput, settlementAtHold, settlementOf } from './settle.ts'
import { andThen, type Soon } from './soon.ts'

/** Takes one proxied request through every step, and resolves when it is settled. Never rejects. */
export type RunRequest = (message: IncomingMessage, answer: ServerResponse) => Promise<void>

/** How often an attempt that could not be dispatched at all is tried in total. */
const mostAttempts = 2

/** Wires the steps: address, authenticate, bind, classify, admit, hold, forward and relay, settle. */
export const createRunRequest =
  (dependencies: PipelineDependencies): RunRequest =>
  async (message, answer) => {
    const incoming: Unaddressed = {
      requestId: dependencies.newId('req'),
      receivedAt: dependencies.clock(),
      message,
      answer,
      address: undefined,
      progress: new CallProgress(),
    }
    dependencies.inFlight.begin()
    try {
      await answerRequest(dependencies, incoming)
    } catch (error) {
      refuseSafely(dependencies, incoming, error)
    } finally {
      dependencies.inFlight.end()
    }
  }

const answerRequest = async (dependencies: PipelineDependencies, unaddressed: Unaddressed): Promise<void> => {
  const { message, answer } = unaddressed
  unaddressed.address = readAddress(message.url ?? '', message.headers.host, dependencies.addressBook)
  const incoming = unaddressed as Incoming
  const { address } = incoming
  assertNoNavigation(message)
  const identified = identify(dependencies, incoming)
  const { caller, target, payer } = identified instanceof Promise ? await identified : identified
  assertBuilt(message.rawHeaders)
  const route = classify(address.provider, message.method ?? 'GET', address.path)
  if (route.streamsBody === true) outliveAnswer(message, answer)
  incoming.progress.classified(routeName(route))
  assertOwnAccount(target, route)
  const contentType = message.headers['content-type']
  if (isExamined({ route, target })) dependencies.examination.refused.assertRoom(caller)
  if (route.wireFormat !== undefined && route.class !== 'free' && route.form === undefined) {
    assertReadable({ contentType, target, address })
  }
  const taken = takeBody(dependencies, incoming, { caller, target, route })
  const body = taken instanceof Promise ? await taken : taken
  incoming.progress.bodyRead()
  try {
    const asked = dependencies.pricing()
    const pricing = asked instanceof Promise ? await asked : asked
    const asks = { caller, target, payer, route, pricing, now: dependencies.clock() }
    const { form } = route
    const admitted =
      form === undefined
        ? admitBody(dependencies.examination, { ...asks, address, contentType, body })
        : admitForm({ ...asks, form, message, mostUploadBytes: dependencies.mostUploadBytes })
    const admission = admitted instanceof Promise ? await admitted : admitted
    const checked = assertOwnReferences(dependencies, { caller, target, route, path: address.path, admission })
    if (checked !== undefined) await checked
    await attemptUntilSent(dependencies, incoming, admission, pricing)
  } finally {
    body.release()
  }
}

/** Who calls, what with, and whose money it can spend. */
const identify = ({ directory }: PipelineDependencies, { message, address }: Incoming) => {
  const headers = { get: (name: string) => firstHeader(message, name) }
  const wanted = firstHeader(message, headerNames.connection)
  return andThen(authenticate(directory, headers, address.queryKey), (caller) =>
    andThen(bind(directory, caller, address.provider, wanted), (target) =>
      andThen(payerOf(directory, caller, target), (payer) => ({ caller, target, payer })),
    ),
  )
}

/** The body that the call is admitted by: a streamed one stays where it is until its provider takes it. */
const takeBody = (
  { bodies, mostUploadBytes, examination }: PipelineDependencies,
  incoming: Incoming,
  { caller, target, route }: Pick<Admission, 'caller' | 'target' | 'route'>,
): Soon<BufferedBody> => {
  incoming.progress.bodyAwaited()
  if (route.streamsBody !== true) {
    const structure = isExamined({ route, target }) ? examination.structure : undefined
    return countRefused(examination.refused, caller, () => readBody(incoming, bodies, { caller, structure }))
  }
  assertAnnouncedSize(incoming.message, Math.min(mostUploadBytes, route.form?.mostBytes ?? mostUploadBytes))
  return unread
}

const unread: BufferedBody = {
  length: 0,
  bytes: Buffer.alloc(0),
  takeParts: () => [],
  release: () => undefined,
}

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
    const { holdTtlMs: ttlMs } = dependencies
    const held = await holdOrRelease(dependencies, { admission, attemptId, subject, ttlMs, client: incoming })
    incoming.progress.dispatched()
    const forwarded = forwardSafely(dependencies, incoming, held)
    if (forwarded === 'kept') return
    const { ended, upload, forget } = forwarded
    const end = await ended
    forget()
    const clientGone = incoming.answer.destroyed && end.kind !== 'complete'
    const attempt = withMetered(held, upload?.metered)
    const settlement = releaseOfForm(attempt, end) ?? decide(dependencies, { attempt, end, pricing })
    settleInBackground(dependencies, attempt, settlement, () =>
      settlementAtHold({ attempt, end }, 'settlement_refused'),
    )
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

/** The attempt with what its form turned out to ask for. */
const withMetered = (attempt: Attempt, metered: MeteredRequest | undefined): Attempt =>
  metered === undefined
    ? attempt
    : {
        ...attempt,
        admission: { ...attempt.admission, metered },
        subject: { ...attempt.subject, model: metered.model },
      }

/** An attempt that fails before it is dispatched (an unreadable credential) sent nothing: its hold is released, not leaked. */
const forwardSafely = (
  dependencies: PipelineDependencies,
  incoming: Incoming,
  attempt: Attempt,
): Dispatched | 'kept' => {
  try {
    return answerFromCatalog(dependencies, incoming, attempt) ? 'kept' : forward(dependencies, incoming, attempt)
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
  atHold?: () => Settlement,
): void => {
  inFlight.settling(outbox.settle({ kind: 'terminal', settlement, subject, ...(atHold && { atHold }) }))
}

const firstHeader = (message: IncomingMessage, name: string): string | undefined => {
  const value = message.headers[name]
  return Array.isArray(value) ? value[0] : value
}

const refusalOf = ({ requestId, address }: Pick<Incoming, 'requestId'> & { address: Address | undefined }) => ({
  shape: address?.provider.errorShape ?? ('openai' as const),
  requestId,
})

/** An error of the error path must end one call, not the process. */
const refuseSafely = (dependencies: PipelineDependencies, incoming: Unaddressed, error: unknown): void => {
  if (error instanceof ClientGone) return
  try {
    refuseAndLog(dependencies, incoming, asVendoError(error))
  } catch {
    if (!incoming.answer.writableEnded) incoming.answer.destroy()
  }
}

const refuseAndLog = (dependencies: PipelineDependencies, incoming: Unaddressed, error: VendoError): void => {
  const { logger, clock } = dependencies
  const { requestId, receivedAt, answer, address } = incoming
  const status = refuse(answer, error, refusalOf(incoming))
  tellRefused(dependencies, incoming, error)
  const integration = address?.provider.slug ?? ''
  const line: CallLogLine = { requestId, integration, status, code: error.code, durationMs: clock() - receivedAt }
  if (error.cause === undefined) logCallLine(logger, line, 'refused')
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
    route: routeName(admission.route),
    model: settlement.servedModel ?? admission.metered?.model ?? null,
    keyId: admission.caller.key.id,
    status: failure?.status ?? settlement.upstreamStatus ?? 0,
    code: failure?.code,
    state: settlement.state,
    reason: settlement.reason,
    chargeNanos: settlement.walletNanos.toString(),
    durationMs: clock() - receivedAt,
  }
  logCallLine(logger, line, 'call')
}
