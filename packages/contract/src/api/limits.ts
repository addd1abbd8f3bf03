import { z } from 'zod'
import { instantSchema, nanosSchema } from './common.ts'
import { keyLimitsSchema } from './management.ts'

/** The limits that all keys of an app, or of a tenant, share; every absent one is unlimited. */
export const sharedLimitsSchema = keyLimitsSchema
  .pick({
    spend_day_usd: true,
    spend_month_usd: true,
    spend_total_usd: true,
    requests_per_minute: true,
    tokens_per_minute: true,
    concurrency: true,
  })
  .extend({
    /** `refuse`: calls on an own credential without a money cap are checked as strictly as those on a pooled one. */
    unbounded_own_keys: z.enum(['admit', 'refuse']).optional(),
  })
export type SharedLimits = z.infer<typeof sharedLimitsSchema>

/** `GET` and `PUT` of `/api/apps/{id}/limits` and `/api/tenants/{id}/limits`: the limits, who set them, what counts against them now. */
export const scopeLimitsSchema = z.object({
  scope: z.enum(['app', 'tenant']),
  id: z.string(),
  limits: sharedLimitsSchema,
  changed_at: instantSchema.nullable(),
  /** The id of the management key that set them. */
  changed_by: z.string().nullable(),
  /** Settled calls and what running calls hold, in the running UTC day, month and minute; null for what was never limited. */
  use: z.object({
    spend_day_nanos: nanosSchema,
    spend_month_nanos: nanosSchema,
    spend_total_nanos: nanosSchema,
    requests_minute: z.int().nullable(),
    tokens_minute: z.int().nullable(),
    running: z.int().nullable(),
  }),
})
export type ScopeLimitsResponse = z.infer<typeof scopeLimitsSchema>

/** `PATCH /api/keys/{id}`: what is absent stays. `limits` replaces all limits of the key; `expires_at: null` takes the expiry away. */
export const updateKeySchema = z
  .object({
    name: z.string().trim().min(1).max(100).optional(),
    limits: keyLimitsSchema.optional(),
    expires_at: instantSchema.nullable().optional(),
  })
  .strict()
  .refine((change) => Object.keys(change).length > 0, 'must change something')
export type UpdateKeyBody = z.infer<typeof updateKeySchema>
