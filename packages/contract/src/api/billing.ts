import { z } from 'zod'
import { instantSchema, nanosSchema, usdSchema } from './common.ts'

/**
 * The provider's list price. Null for a tenant's own keys where an operator's credential was used, unless the tenant is
 * transparent: they see what they pay.
 */
const listNanos = nanosSchema.nullable()

/** `GET /api/billing/balance`. A negative balance shows as 0; holds of running calls are already taken off. */
export const balanceSchema = z.object({
  credits_remaining_micros: z.int(),
  credits_remaining_nanos: nanosSchema,
  held_nanos: nanosSchema,
  currency: z.literal('USD'),
  top_up_url: z.string(),
})
export type BalanceResponse = z.infer<typeof balanceSchema>

/** `GET /api/billing/spend-caps`, of the calling key. */
export const spendCapsSchema = z.object({
  daily_micros: z.int().nullable(),
  monthly_micros: z.int().nullable(),
  total_micros: z.int().nullable(),
  used_today_micros: z.int(),
  used_month_micros: z.int(),
  used_total_micros: z.int(),
  /** The same exactly; absent from brokers of before. */
  used_today_nanos: nanosSchema.optional(),
  used_month_nanos: nanosSchema.optional(),
  used_total_nanos: nanosSchema.optional(),
})
export type SpendCapsResponse = z.infer<typeof spendCapsSchema>

/** One line of a call's bill. The lines of a call sum to its charge. */
export const chargeLineSchema = z.object({
  meter: z.string(),
  quantity: z.int(),
  /** USD per million tokens, per use, or per second of sound, as the rate table writes it. Null where `list_nanos` is. */
  rate_usd: z.string().nullable(),
  /** Decimal fraction added to the list price, such as "0.2". Null where `list_nanos` is. */
  margin: z.string().nullable(),
  list_nanos: listNanos,
  charge_nanos: nanosSchema,
})
export type ChargeLineResponse = z.infer<typeof chargeLineSchema>

/** One attempt: one dispatch to an upstream, with its terminal state. */
export const callSchema = z.object({
  id: z.string(),
  request_id: z.string(),
  integration: z.string(),
  route: z.string(),
  model: z.string().nullable(),
  served_model: z.string().nullable(),
  key_id: z.string(),
  app_id: z.string().nullable(),
  connection_id: z.string(),
  state: z.enum(['open', 'actual', 'estimated', 'released']),
  reason: z.string().nullable(),
  flags: z.array(z.string()),
  admitted_at: instantSchema,
  settled_at: instantSchema.nullable(),
  upstream_status: z.int().nullable(),
  streamed: z.boolean(),
  ttfb_ms: z.number().nullable(),
  duration_ms: z.number().nullable(),
  hold_nanos: nanosSchema,
  list_nanos: listNanos,
  charge_nanos: nanosSchema,
  /** What the same tokens would have cost more without cache reads, at list price; negative when writing cost more. Null where `list_nanos` is. */
  cache_savings_nanos: nanosSchema.nullable(),
  reasoning_tokens: z.int().nullable(),
  /** What the answer itself reported, by meter; a call that is settled at a reported cost has token counts here alone. */
  quantities: z.record(z.string(), z.int()),
  lines: z.array(chargeLineSchema),
})
export type CallResponse = z.infer<typeof callSchema>

/** `GET /api/calls?key_id=&after=&limit=`, oldest first; `next` goes into `after`. */
export const callsSchema = z.object({ calls: z.array(callSchema), next: z.string().nullable() })
export type CallsResponse = z.infer<typeof callsSchema>

/** `GET /api/billing/usage?period=day|month&group_by=model|integration|key|app|day`. */
export const usageSchema = z.object({
  period: z.enum(['day', 'month', 'all']),
  from: instantSchema.nullable(),
  group_by: z.string(),
  groups: z.array(
    z.object({
      group: z.string(),
      calls: z.int(),
      quantities: z.record(z.string(), z.int()),
      list_nanos: listNanos,
      charge_nanos: nanosSchema,
      cache_savings_nanos: nanosSchema.nullable(),
    }),
  ),
  total: z.object({
    calls: z.int(),
    list_nanos: listNanos,
    charge_nanos: nanosSchema,
    cache_savings_nanos: nanosSchema.nullable(),
  }),
})
export type UsageResponse = z.infer<typeof usageSchema>

/** `POST /api/billing/topups`; send an `Idempotency-Key` so that a repeated request adds the money once. */
export const topUpRequestSchema = z.object({ amount_usd: usdSchema, note: z.string().max(200).optional() }).strict()
/** The answer to a top-up: its row, and the balance after it. */
export const topUpResponseSchema = z.object({ id: z.string(), amount_nanos: nanosSchema, balance: balanceSchema })
export type TopUpResponse = z.infer<typeof topUpResponseSchema>

/** `GET /api/ledger/verify`: every balance recomputed from the rows. */
export const ledgerReportSchema = z.object({
  ok: z.boolean(),
  checked: z.object({ accounts: z.int(), rows: z.int(), open_holds: z.int() }),
  problems: z.array(z.string()),
})
export type LedgerReportResponse = z.infer<typeof ledgerReportSchema>
