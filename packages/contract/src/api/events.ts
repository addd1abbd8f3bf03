import { z } from 'zod'
import { instantSchema, nanosSchema } from './common.ts'

const common = {
  /** Goes into `Last-Event-ID` to resume after this event. */
  id: z.string(),
  created_at: instantSchema,
  tenant_id: z.string(),
}

/** A call has its terminal row, or its one correction. Never says what was asked or answered. */
export const usageRecordedSchema = z.object({
  ...common,
  type: z.literal('billing.usage_recorded'),
  data: z.object({
    call_id: z.string(),
    request_id: z.string(),
    key_id: z.string(),
    app_id: z.string().nullable(),
    integration: z.string(),
    model: z.string().nullable(),
    served_model: z.string().nullable(),
    state: z.enum(['actual', 'estimated', 'released']),
    reason: z.string().nullable(),
    flags: z.array(z.string()),
    quantities: z.record(z.string(), z.int()),
    /** Null where the ledger hides it from the listener's key. */
    list_nanos: nanosSchema.nullable(),
    /** What the wallet paid for the whole call, also when this is its correction. */
    charge_nanos: nanosSchema,
    correction: z.boolean(),
  }),
})

/** The wallet is another than at the last such event. Told at most four times a second, with the latest amounts. */
export const balanceChangedSchema = z.object({
  ...common,
  type: z.literal('billing.balance_changed'),
  data: z.object({
    /** Never below 0; holds of running calls are already taken off. */
    credits_remaining_nanos: nanosSchema,
    held_nanos: nanosSchema,
  }),
})

const capData = z.object({
  /** Whose cap it is. A key is told of its own caps alone. */
  scope: z.enum(['key', 'app', 'tenant']),
  scope_id: z.string(),
  cap: z.enum(['day', 'month', 'total']),
  /** The UTC day or month; null for the total. */
  window: z.string().nullable(),
  cap_nanos: nanosSchema,
  /** Settled calls and open holds. */
  used_nanos: nanosSchema,
})

/** A key, app or tenant has used 80 % of a spend cap. Told once for each cap and window. */
export const capWarnedSchema = z.object({ ...common, type: z.literal('billing.cap_warned'), data: capData })
/** A spend cap is used up, or has refused a call. Told once for each cap and window. */
export const capTrippedSchema = z.object({ ...common, type: z.literal('billing.cap_tripped'), data: capData })

/** One event of `GET /api/events`, as its `data` line says it. */
export const billingEventSchema = z.discriminatedUnion('type', [
  usageRecordedSchema,
  balanceChangedSchema,
  capWarnedSchema,
  capTrippedSchema,
])
export type BillingEvent = z.infer<typeof billingEventSchema>
