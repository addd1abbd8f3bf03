import { z } from 'zod'

/**
 * `GET /credentials/{slug}`: what the app presents to the integration. For a managed pool this is the caller's own Vendo key
 * and the broker's address, never the pool's secret; for byok and OAuth the usable token itself.
 */
export const credentialSchema = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  /** ISO instant after which the token must be asked for again; null = does not expire. */
  expires_at: z.string().nullable(),
  /** Present whenever the token works only at this address. */
  base_url: z.string().nullable(),
})
export type CredentialResponse = z.infer<typeof credentialSchema>

/** `GET /credentials/_bulk?slugs=a,b`: null for every slug the app has no binding for. */
export const bulkCredentialsSchema = z.object({ tokens: z.record(z.string(), credentialSchema.nullable()) })
export type BulkCredentialsResponse = z.infer<typeof bulkCredentialsSchema>
