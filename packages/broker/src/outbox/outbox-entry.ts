import type { Meter, Quantities } from '@vendo/contract'
import { z } from 'zod'
import type { CallRecord, EpochMs, Settlement } from '../store/records.ts'

/** Whose call a settlement is about: what the settlement itself does not say. */
export type CallSubject = Pick<CallRecord, 'requestId' | 'tenantId' | 'keyId' | 'appId' | 'integration' | 'model'>

/** One settlement on its way into the store. */
export interface OutboxEntry {
  /** `release` gives back a hold of which nobody knows whether it was committed. */
  readonly kind: 'terminal' | 'correction' | 'release'
  readonly settlement: Settlement
  readonly subject: CallSubject
  readonly decidedAt: EpochMs
}

const version = 1

/** The entry as one line of JSON, its amounts as decimal strings. */
export const encodeEntry = (entry: OutboxEntry): string =>
  JSON.stringify({ version, ...entry }, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value))

/**
 * Reads a line back.
 *
 * @throws {Error} for a line that {@link encodeEntry} did not write, or did not write to its end.
 */
export const decodeEntry = (line: string): OutboxEntry => {
  const { version: _version, ...entry } = lineSchema.parse(JSON.parse(line))
  return entry
}

const nanos = z
  .string()
  .regex(/^-?\d{1,19}$/)
  .transform(BigInt)
const text = z.string()
// Not checked against today's meters: a line must outlive the version that wrote it.
const meter = z.custom<Meter>((value) => typeof value === 'string')

const settlement = z.strictObject({
  attemptId: text.min(1),
  state: z.enum(['actual', 'estimated', 'released']),
  reason: text.nullable(),
  flags: z.array(text),
  walletNanos: nanos,
  spendNanos: nanos,
  listNanos: nanos,
  cacheSavingsNanos: nanos,
  lines: z.array(
    z.strictObject({ meter, quantity: z.number(), rateUsd: text, margin: text, listNanos: nanos, chargeNanos: nanos }),
  ),
  quantities: z.record(text, z.number()).transform((counts): Quantities => counts),
  tokens: z.number(),
  reasoningTokens: z.number().nullable(),
  servedModel: text.nullable(),
  responseId: text.nullable(),
  upstreamStatus: z.number().nullable(),
  ttfbMs: z.number().nullable(),
  durationMs: z.number().nullable(),
})

const lineSchema = z.strictObject({
  version: z.literal(version),
  kind: z.enum(['terminal', 'correction', 'release']),
  settlement,
  subject: z.strictObject({
    requestId: text,
    tenantId: text,
    keyId: text,
    appId: text.nullable(),
    integration: text,
    model: text.nullable(),
  }),
  decidedAt: z.number(),
})
