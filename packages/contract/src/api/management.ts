import { z } from 'zod'
import { instantSchema, profileSchema, slugSchema, usdSchema } from './common.ts'
import { connectionStatusSchema } from './deployment.ts'

const name = z.string().trim().min(1).max(100)

/** `POST /api/tenants` (operator keys only). */
export const createTenantSchema = z.object({ name, transparent: z.boolean().optional() }).strict()
/** `PATCH /api/tenants/{id}` (operator keys only). */
export const updateTenantSchema = z.object({ transparent: z.boolean() }).strict()
/** One tenant: a wallet with its apps, connections and keys. */
export const tenantSchema = z.object({
  id: z.string(),
  name: z.string(),
  created_at: instantSchema,
  /** Its own keys see list prices and margins. Absent from brokers of before. */
  transparent: z.boolean().optional(),
})
export type TenantResponse = z.infer<typeof tenantSchema>

/** `POST /api/apps`. */
export const createAppSchema = z.object({ name }).strict()
/** One app: a deployment that keys and bindings belong to. */
export const appSchema = z.object({
  id: z.string(),
  tenant_id: z.string(),
  name: z.string(),
  created_at: instantSchema,
})
export type AppResponse = z.infer<typeof appSchema>

/** `POST /api/connections`. The secret goes into the vault and comes out of no answer again. */
export const createConnectionSchema = z
  .object({
    integration: slugSchema,
    profile: profileSchema.optional(),
    name: name.optional(),
    secret: z.string().trim().min(1).max(16_384),
    metadata: z.record(z.string(), z.unknown()).optional(),
    /** Apps to bind at once; `"all"` binds every app of the tenant. */
    bind: z.union([z.literal('all'), z.array(z.string())]).optional(),
  })
  .strict()
/** One connection, without its secret. */
export const connectionSchema = z.object({
  id: z.string(),
  tenant_id: z.string(),
  integration: z.string(),
  profile: profileSchema,
  name: z.string(),
  status: connectionStatusSchema,
  metadata: z.record(z.string(), z.unknown()),
  created_at: instantSchema,
})
export type ConnectionResponse = z.infer<typeof connectionSchema>

/** `POST /api/bindings`: lets an app use a connection. Without one it is denied. */
export const createBindingSchema = z.object({ app_id: z.string(), connection_id: z.string() }).strict()
/** One binding. */
export const bindingSchema = z.object({ app_id: z.string(), connection_id: z.string(), created_at: instantSchema })
export type BindingResponse = z.infer<typeof bindingSchema>

/** The limits of a key; every absent one is unlimited. */
export const keyLimitsSchema = z
  .object({
    integrations: z.array(slugSchema).optional(),
    /** Globs such as `claude-haiku-*`. */
    models: z.array(z.string().min(1)).optional(),
    spend_day_usd: usdSchema.optional(),
    spend_month_usd: usdSchema.optional(),
    spend_total_usd: usdSchema.optional(),
    requests_per_minute: z.int().positive().optional(),
    tokens_per_minute: z.int().positive().optional(),
    concurrency: z.int().positive().optional(),
    /** Admits server tools without a use limit on a pooled credential too: what they cost has no bound. */
    allow_unbounded: z.boolean().optional(),
    /** When the client leaves a stream: read on to the usage for a while, or cut the provider off at once. */
    on_disconnect: z.enum(['drain', 'abort']).optional(),
  })
  .strict()
export type KeyLimits = z.infer<typeof keyLimitsSchema>

/** `POST /api/keys`. An app key names `app_id`, a connection key `connection_id`, a management key neither. */
export const createKeySchema = z
  .object({
    kind: z.enum(['inference', 'management']).default('inference'),
    name: name.optional(),
    app_id: z.string().optional(),
    connection_id: z.string().optional(),
    expires_at: instantSchema.optional(),
    limits: keyLimitsSchema.optional(),
  })
  .strict()
/** One key, without the key itself. */
export const keySchema = z.object({
  id: z.string(),
  tenant_id: z.string().nullable(),
  kind: z.enum(['inference', 'management']),
  scope: z.enum(['app', 'connection', 'tenant', 'operator']),
  name: z.string(),
  /** What people may see of the key, such as `vendo_sk_…a1B2`. */
  display: z.string(),
  app_id: z.string().nullable(),
  connection_id: z.string().nullable(),
  limits: keyLimitsSchema,
  created_at: instantSchema,
  expires_at: instantSchema.nullable(),
  revoked_at: instantSchema.nullable(),
})
export type KeyResponse = z.infer<typeof keySchema>
/** The only answer that ever holds the whole key. */
export const createdKeySchema = keySchema.extend({ key: z.string() })
export type CreatedKeyResponse = z.infer<typeof createdKeySchema>

const marginScope = {
  tenant_id: z.string().optional(),
  integration: slugSchema.optional(),
  /** As the catalog names it, or an alias; only beside an integration. */
  model: z.string().min(1).max(200).optional(),
  meter: z.string().optional(),
}
const fraction = z
  .string()
  .regex(/^(\d+(\.\d{1,6})?|-0\.\d{1,6}|-1(\.0{1,6})?)$/, 'must be a decimal fraction from "-1" on, such as "0.2"')

/** `POST /api/margins`: the narrowest that fits a call wins. Every scope field is optional; none = global. */
export const setMarginSchema = z
  .object({
    ...marginScope,
    margin: fraction,
    /** Default: now. Not in the past, for calls keep the margins of their admission. */
    effective_from: instantSchema.optional(),
    note: z.string().max(200).optional(),
  })
  .strict()
export type SetMarginBody = z.infer<typeof setMarginSchema>

/** `DELETE /api/margins?tenant_id=&integration=&model=&meter=`: exactly this scope. */
export const marginScopeSchema = z.strictObject(marginScope)
export type MarginScopeQuery = z.infer<typeof marginScopeSchema>

/** One margin, or the end of one. */
export const marginSchema = z.object({
  ...marginScope,
  /** Null where a margin ends. */
  margin: z.string().nullable(),
  /** `past` only in the history. */
  state: z.enum(['in_force', 'scheduled', 'past']),
  effective_from: instantSchema,
  created_at: instantSchema,
  author_key_id: z.string().nullable(),
  note: z.string(),
})
export type MarginResponse = z.infer<typeof marginSchema>

/** `GET /api/margins?history=true`. What no margin covers is charged at list price. */
export const marginsSchema = z.object({ margins: z.array(marginSchema) })
export type MarginsResponse = z.infer<typeof marginsSchema>

/** `PUT /api/rates/{slug}`: adds or overrides one model's rates, from now on or from later. USD per million tokens, per use, or per second of sound. */
export const putRateSchema = z
  .object({
    model: z.string().min(1),
    context_window: z.int().positive(),
    max_output: z.int().positive(),
    rates: z.record(z.string(), z.string().regex(/^\d+(\.\d+)?$/)),
    /** Default: now. Never in the past, because calls keep the rates of their admission. */
    effective_from: instantSchema.optional(),
  })
  .strict()
export type PutRateBody = z.infer<typeof putRateSchema>

/** `POST /api/rates/openrouter/import`: the body of OpenRouter's own `GET /api/v1/models`, unknown fields ignored. */
export const openRouterModelsSchema = z.object({
  data: z.array(
    z.looseObject({
      id: z.string(),
      context_length: z.number().nullish(),
      top_provider: z.looseObject({ max_completion_tokens: z.number().nullish() }).nullish(),
      pricing: z.record(z.string(), z.unknown()),
    }),
  ),
})
export type OpenRouterModels = z.infer<typeof openRouterModelsSchema>
