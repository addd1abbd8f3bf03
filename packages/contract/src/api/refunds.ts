import { z } from 'zod'
import { nanosSchema, usdSchema } from './common.ts'

/** `POST /api/calls/{id}/refund` (operator keys): gives back what an estimate charged. Without `amount_usd`, all of it. */
export const refundRequestSchema = z
  .object({ amount_usd: usdSchema.optional(), reason: z.string().trim().min(1).max(200) })
  .strict()

/** The answer to a refund. */
export const refundResponseSchema = z.object({
  call_id: z.string(),
  /** What went back into the wallet; 0 for a call with the tenant's own credential, which had charged nothing. */
  refunded_nanos: nanosSchema,
  /** What is given back to the spend caps. */
  uncapped_nanos: nanosSchema,
  /** What the call charges now. */
  charge_nanos: nanosSchema,
})
export type RefundResponse = z.infer<typeof refundResponseSchema>
