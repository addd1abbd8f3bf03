import { z } from 'zod'
import { profiles } from '../profile.ts'

/** Nano-USD as a decimal string, because JSON numbers end at 2^53. */
export const nanosSchema = z
  .string()
  .regex(/^-?\d+$/)
  .describe('nano-USD (10^-9 USD) as a decimal string')

/** US dollars as a decimal string, such as "12.50". */
export const usdSchema = z.string().regex(/^\d+(\.\d{1,9})?$/, 'must be a decimal number of US dollars such as "12.50"')

/** Integration slugs: lower case, digits and dashes. */
export const slugSchema = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be an integration slug such as "anthropic"')

/** ISO 8601 instant in UTC. */
export const instantSchema = z.iso.datetime()

/** See `profiles`. */
export const profileSchema = z.enum(profiles)

/** The body of every refusal of the HTTP API; the same code stands in the `Vendo-Error-Code` header. */
export const errorBodySchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    slug: z.string().optional(),
    connect_url: z.string().optional(),
    retry_after: z.number().optional(),
    suggested_fix: z.string().optional(),
    request_id: z.string().optional(),
  }),
})
export type ErrorBody = z.infer<typeof errorBodySchema>
