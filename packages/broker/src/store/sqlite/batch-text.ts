import type { Quantities } from '@vendo/contract'
import type { Job, Reply } from '../group-commit-store.ts'
import { encodeShortLines, jsonNanos } from '../ledger/charge-lines.ts'
import type { WritableSettlement } from '../ledger/ledger-row.ts'
import type { HoldOutcome, HoldRequest, Settlement } from '../records.ts'

/**
 * A batch on its way between two threads: holds and settlements, or their replies, as one text, which crosses far cheaper
 * than objects do. In the text null stands for the next of `rest`, which crosses as it is.
 */
export interface Packed<Rest> {
  readonly text: string
  readonly rest: readonly Rest[]
}

/** As {@link jsonNanos} writes it. */
type PackedNanos = number | string

type PackedHold = readonly [
  ...[kind: 'hold', attemptId: string, requestId: string, tenantId: string, keyId: string, appId: string | null],
  ...[connectionId: string, integration: string, route: string, model: string | null, streamed: boolean],
  ...[walletNanos: PackedNanos, spendNanos: PackedNanos, tokens: number, defaultRate: number | null, ttlMs: number],
  ...[reservesRest: boolean],
]
type PackedSettlement = readonly [
  ...[kind: 'settle', attemptId: string, state: Settlement['state'], reason: string | null, flags: readonly string[]],
  ...[walletNanos: PackedNanos, spendNanos: PackedNanos, listNanos: PackedNanos, cacheSavingsNanos: PackedNanos],
  ...[lines: string, quantities: Quantities, tokens: number, reasoningTokens: number | null],
  ...[servedModel: string | null, responseId: string | null, upstreamStatus: number | null],
  ...[ttfbMs: number | null, durationMs: number | null],
]

/** Packs jobs for the thread that runs them. */
export const packJobs = (jobs: readonly Job[]): Packed<Job> => {
  const rest: Job[] = []
  const packed = jobs.map((job): PackedHold | PackedSettlement | null => {
    if (job.name === 'hold') return packHold(job.parameters[0] as HoldRequest)
    if (job.name === 'settle') return packSettlement(job.parameters[0] as Settlement)
    rest.push(job)
    return null
  })
  return { text: JSON.stringify(packed), rest }
}

/** Reads what {@link packJobs} packed; the lines of a settlement stay as they will be written. */
export const unpackJobs = ({ text, rest }: Packed<Job>): readonly Job[] => {
  let next = 0
  return (JSON.parse(text) as readonly (PackedHold | PackedSettlement | null)[]).map((packed): Job => {
    if (packed === null) return rest[next++] as Job
    if (packed[0] === 'hold') return { name: 'hold', parameters: [unpackHold(packed)] }
    return { name: 'settle', parameters: [unpackSettlement(packed)] }
  })
}

/** Packs the replies to `jobs`: the instant of an admitted hold, whether a settlement was written. */
export const packReplies = (jobs: readonly Job[], replies: readonly Reply[]): Packed<Reply> => {
  const rest: Reply[] = []
  const packed = replies.map((reply, index): number | boolean | null => {
    const name = jobs[index]?.name
    if (reply.ok && name === 'settle') return reply.value as boolean
    if (reply.ok && name === 'hold') {
      const outcome = reply.value as HoldOutcome
      if (outcome.admitted && outcome.reservedNanos === undefined) return outcome.admittedAt
    }
    rest.push(reply)
    return null
  })
  return { text: JSON.stringify(packed), rest }
}

/** Reads what {@link packReplies} packed. */
export const unpackReplies = ({ text, rest }: Packed<Reply>): readonly Reply[] => {
  let next = 0
  return (JSON.parse(text) as readonly (number | boolean | null)[]).map((packed): Reply => {
    if (packed === null) return rest[next++] as Reply
    return { ok: true, value: typeof packed === 'boolean' ? packed : { admitted: true, admittedAt: packed } }
  })
}

const packHold = (request: HoldRequest): PackedHold => [
  'hold',
  request.attemptId,
  request.requestId,
  request.tenantId,
  request.keyId,
  request.appId,
  request.connectionId,
  request.integration,
  request.route,
  request.model,
  request.streamed,
  jsonNanos(request.walletNanos),
  jsonNanos(request.spendNanos),
  request.tokens,
  request.defaultRequestsPerMinute,
  request.ttlMs,
  request.reservesRest === true,
]

const unpackHold = (packed: PackedHold): HoldRequest => ({
  attemptId: packed[1],
  requestId: packed[2],
  tenantId: packed[3],
  keyId: packed[4],
  appId: packed[5],
  connectionId: packed[6],
  integration: packed[7],
  route: packed[8],
  model: packed[9],
  streamed: packed[10],
  walletNanos: BigInt(packed[11]),
  spendNanos: BigInt(packed[12]),
  tokens: packed[13],
  defaultRequestsPerMinute: packed[14],
  ttlMs: packed[15],
  ...(packed[16] && { reservesRest: true }),
})

const packSettlement = (settlement: Settlement): PackedSettlement => [
  'settle',
  settlement.attemptId,
  settlement.state,
  settlement.reason,
  settlement.flags,
  jsonNanos(settlement.walletNanos),
  jsonNanos(settlement.spendNanos),
  jsonNanos(settlement.listNanos),
  jsonNanos(settlement.cacheSavingsNanos),
  encodeShortLines(settlement.lines),
  settlement.quantities,
  settlement.tokens,
  settlement.reasoningTokens,
  settlement.servedModel,
  settlement.responseId,
  settlement.upstreamStatus,
  settlement.ttfbMs,
  settlement.durationMs,
]

const unpackSettlement = (packed: PackedSettlement): WritableSettlement => ({
  attemptId: packed[1],
  state: packed[2],
  reason: packed[3],
  flags: packed[4],
  walletNanos: BigInt(packed[5]),
  spendNanos: BigInt(packed[6]),
  listNanos: BigInt(packed[7]),
  cacheSavingsNanos: BigInt(packed[8]),
  lines: packed[9],
  quantities: packed[10],
  tokens: packed[11],
  reasoningTokens: packed[12],
  servedModel: packed[13],
  responseId: packed[14],
  upstreamStatus: packed[15],
  ttfbMs: packed[16],
  durationMs: packed[17],
})
