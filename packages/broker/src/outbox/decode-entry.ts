import type { Meter, Quantities } from '@vendo/contract'
import { z } from 'zod'
import { entryVersion, type OutboxEntry } from './outbox-entry.ts'

/**
 * Reads a line back.
 *
 * @throws {Error} for a line that `encodeEntry` did not write, or did not write to its end.
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
  version: z.literal(entryVersion),
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
