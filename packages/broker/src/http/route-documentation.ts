import { z } from '@hono/zod-openapi'
import { type BrokerErrorCode, errorCodes } from '@vendo/contract'
import { errorBodySchema } from '@vendo/contract/api'

/** Names a schema of the contract in the OpenAPI document, so that it appears there once. */
export const named = <Schema extends z.ZodType>(name: string, schema: Schema): Schema =>
  // The contract's schemas may be older than the extension that adds `openapi`; a clone has it.
  schema.clone().openapi(name) as Schema

const errorSchema = named('Error', errorBodySchema)

/** A documented JSON answer. */
export const json = <Schema extends z.ZodType>(description: string, schema: Schema) => ({
  description,
  content: { 'application/json': { schema } },
})

/** A documented JSON body. */
export const jsonRequest = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true,
  content: { 'application/json': { schema } },
})

/** What every route with a key can refuse with. */
const keyRefusals = ['app_unknown', 'app_revoked', 'app_expired', 'key_conflict', 'key_scope'] as const
/** What every route with a JSON body can refuse with. */
export const bodyRefusals = ['validation_failed', 'request_too_large', 'unsupported_encoding'] as const
/** What every route with {@link idempotencyHeaders} can refuse with, beside its body. */
export const onceRefusals = [...bodyRefusals, 'idempotency_conflict'] as const

/** The longest idempotency key. */
export const mostIdempotencyCharacters = 200

/** For every route that creates something. */
export const idempotencyHeaders = z.object({
  'idempotency-key': z.string().min(1).max(mostIdempotencyCharacters).optional().openapi({
    description:
      'Makes a repetition safe: the same request with the same key changes nothing and gets the first answer again, with `idempotent-replayed: true`. Another request with the same key is refused with `idempotency_conflict`. Keys are kept for good, for each tenant and for the operator.',
  }),
})

/** What every route can refuse with. */
const commonRefusals = ['store_unavailable', 'internal_error'] as const

/**
 * The documented refusals of a route, by status. They are thrown, never returned, so handlers need not know their types:
 * hence the empty type.
 */
export const refusals = (...codes: readonly BrokerErrorCode[]): Record<never, never> =>
  documentRefusals([...keyRefusals, ...codes, ...commonRefusals])

/** The same for routes that take no key. */
export const publicRefusals = (...codes: readonly BrokerErrorCode[]): Record<never, never> =>
  documentRefusals([...codes, ...commonRefusals])

const documentRefusals = (codes: readonly BrokerErrorCode[]): Record<never, never> => {
  const byStatus = new Map<number, BrokerErrorCode[]>()
  for (const code of new Set(codes)) {
    const { status } = errorCodes[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [status, json(group.map((code) => `\`${code}\``).join(', '), errorSchema)]),
  )
}

/** Routes for `vendo_sk_…` keys. */
export const inferenceSecurity = [{ inferenceKey: [] }]
/** Routes for `vendo_mk_…` keys. */
export const managementSecurity = [{ managementKey: [] }]
/** Routes for both. */
export const anyKeySecurity = [{ inferenceKey: [] }, { managementKey: [] }]

/** `?tenant=`: for operator keys, which reach every tenant. */
export const tenantQuery = z
  .string()
  .min(1)
  .optional()
  .openapi({ description: 'For operator keys: the tenant. May be left out when there is only one.' })
