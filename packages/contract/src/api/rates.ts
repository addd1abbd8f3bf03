import { z } from 'zod'
import { instantSchema } from './common.ts'
import { putRateSchema } from './management.ts'

const usdSchema = z.record(z.string(), z.string())

/** One model's rates as an operator set them. */
export const rateSchema = putRateSchema.extend({ source: z.string(), effective_from: instantSchema })

/** One model of the catalog with its price lists: USD per million tokens, per use, or per second of sound. */
const listedModelSchema = z.object({
  model: z.string(),
  aliases: z.array(z.string()),
  context_window: z.int(),
  max_output: z.int(),
  price_lists: z.array(
    z.object({
      /** What the answer must name for this list to apply; absent = standard. */
      tier: z.string().optional(),
      speed: z.string().optional(),
      region: z.string().optional(),
      /** Applies when the whole input is larger than this many tokens. */
      input_above: z.int().optional(),
      effective_from: z.string(),
      effective_until: z.string().optional(),
      rates: usdSchema,
      source: z.string(),
      checked: z.string(),
    }),
  ),
})
export type ListedModel = z.infer<typeof listedModelSchema>

/** `GET /api/rates/{slug}`: what an operator set, in effect now or later, and what the catalog says. The former comes first. */
export const ratesSchema = z.object({ rates: z.array(rateSchema), table: z.array(listedModelSchema) })
export type RatesResponse = z.infer<typeof ratesSchema>

/** `POST /api/rates/openrouter/import`: what became of the list. */
export const rateImportSchema = z.object({
  imported: z.int(),
  unchanged: z.int(),
  skipped: z.array(z.object({ model: z.string(), reason: z.string() })),
  ignored: z.record(z.string(), z.int()),
})

/** `POST /api/rates/update`: a list of prices as its publisher writes it. */
export const rateUpdateRequestSchema = z
  .object({
    /** The list as text: its numbers are read digit by digit. */
    text: z.string().min(2),
    format: z.enum(['openrouter', 'litellm', 'models.dev']).optional(),
    /** Where it comes from: kept with each rate. */
    source: z.string().min(1).max(500),
    /** False only tells what would change. */
    apply: z.boolean().default(false),
  })
  .strict()

/** What a list of prices changes, or would change. */
export const rateUpdateSchema = z.object({
  applied: z.boolean(),
  format: z.string(),
  changes: z.array(
    z.object({
      integration: z.string(),
      model: z.string(),
      /** Null for a model that had no rates. */
      before: usdSchema.nullable(),
      rates: usdSchema,
    }),
  ),
  unchanged: z.int(),
  skipped: z.array(z.object({ model: z.string(), reason: z.string() })),
  /** How many models carry each price that is not taken over. */
  ignored: z.record(z.string(), z.int()),
  /** How many models there are of providers that the broker does not meter. */
  elsewhere: z.int(),
})
export type RateUpdateResponse = z.infer<typeof rateUpdateSchema>
