import { meters } from '@vendo/contract'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Job, Reply } from '../group-commit-store.ts'
import { linesOf } from '../ledger/charge-lines.ts'
import type { HoldRequest, Settlement } from '../records.ts'
import { packJobs, packReplies, unpackJobs, unpackReplies } from './batch-text.ts'

const text = fc.string({ unit: 'binary' })
const nanos = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)
const count = fc.nat()
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })
const meter = fc.constantFrom(...meters)

const plainHold = {
  attemptId: text,
  requestId: text,
  tenantId: text,
  keyId: text,
  appId: maybe(text),
  connectionId: text,
  integration: text,
  route: text,
  model: maybe(text),
  streamed: fc.boolean(),
  walletNanos: nanos,
  spendNanos: nanos,
  tokens: count,
  defaultRequestsPerMinute: maybe(count),
  ttlMs: count,
}
const holdRequest: fc.Arbitrary<HoldRequest> = fc.oneof(
  fc.record(plainHold),
  fc.record({ ...plainHold, reservesRest: fc.constant(true as const) }),
)

const settlement: fc.Arbitrary<Settlement> = fc.record({
  attemptId: text,
  state: fc.constantFrom('actual', 'estimated', 'released'),
  reason: maybe(text),
  flags: fc.array(text),
  walletNanos: nanos,
  spendNanos: nanos,
  listNanos: nanos,
  cacheSavingsNanos: nanos,
  lines: fc.array(
    fc.record({ meter, quantity: count, rateUsd: text, margin: text, listNanos: nanos, chargeNanos: nanos }),
  ),
  quantities: fc.dictionary(meter, count, { noNullPrototype: true }),
  tokens: count,
  reasoningTokens: maybe(count),
  servedModel: maybe(text),
  responseId: maybe(text),
  upstreamStatus: maybe(count),
  ttfbMs: maybe(fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 })),
  durationMs: maybe(count),
})

const job: fc.Arbitrary<Job> = fc.oneof(
  holdRequest.map((request): Job => ({ name: 'hold', parameters: [request] })),
  settlement.map((ended): Job => ({ name: 'settle', parameters: [ended] })),
  fc.array(fc.bigInt()).map((parameters): Job => ({ name: 'topUp', parameters })),
)

it('every batch arrives as it was sent, in its order', () => {
  fc.assert(
    fc.property(fc.array(job), (jobs) => {
      expect(unpackJobs(structuredClone(packJobs(jobs))).map(read)).toEqual(jobs)
    }),
  )
})

it('every reply arrives as it was given, in its order', () => {
  const reply = fc.oneof(
    count.map((admittedAt): [Job, Reply] => [named('hold'), { ok: true, value: { admitted: true, admittedAt } }]),
    nanos.map((required): [Job, Reply] => [named('hold'), { ok: true, value: { admitted: false, required } }]),
    fc.boolean().map((value): [Job, Reply] => [named('settle'), { ok: true, value }]),
    count.map((value): [Job, Reply] => [named('settleOrphans'), { ok: true, value }]),
    text.map((message): [Job, Reply] => [named('settle'), { ok: false, error: { ...failure, message } }]),
  )
  fc.assert(
    fc.property(fc.array(reply), (pairs) => {
      const [jobs, replies] = [pairs.map(([asked]) => asked), pairs.map(([, given]) => given)]
      expect(unpackReplies(structuredClone(packReplies(jobs, replies)))).toEqual(replies)
    }),
  )
})

/** The lines of a settlement arrive as the ledger keeps them, and are read from it as they were. */
const read = (arrived: Job): Job => {
  if (arrived.name !== 'settle') return arrived
  const [ended] = arrived.parameters as [{ readonly lines: string }]
  return { name: 'settle', parameters: [{ ...ended, lines: linesOf({ lines: ended.lines }, 'lines') }] }
}

const named = (name: Job['name']): Job => ({ name, parameters: [] })

const failure = { code: 'validation_failed', suggestedFix: undefined, detail: undefined }
