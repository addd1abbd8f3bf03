import { z } from 'zod'
import { profileSchema } from './common.ts'

/** What a connection can be in. */
export const connectionStatusSchema = z.enum(['connected', 'needs_reauth', 'revoked'])

/** One entry of `GET /api/deployments/me/connections`: a connection the calling app is bound to. Never a secret of a pool. */
export const deploymentConnectionSchema = z.object({
  id: z.string(),
  external_id: z.string(),
  slug: z.string(),
  display_name: z.string(),
  category: z.string(),
  profile: profileSchema,
  status: connectionStatusSchema,
  metadata: z.record(z.string(), z.unknown()),
  credential: z.null(),
  setup_url: z.string().nullable(),
  error_message: z.string().nullable(),
  connected_at: z.string().nullable(),
  logo_url: z.string(),
  brand_color: z.string(),
  docs_url: z.string(),
  env_bootstrap: z.null(),
})
export type DeploymentConnection = z.infer<typeof deploymentConnectionSchema>

/** `GET /api/deployments/me/connections`. */
export const deploymentConnectionsSchema = z.object({ connections: z.array(deploymentConnectionSchema) })

/** `GET /api/deployments/me`: who the calling key is. */
export const deploymentSchema = z.object({
  id: z.string(),
  name: z.string(),
  tenant_id: z.string(),
  key_id: z.string(),
})
export type DeploymentResponse = z.infer<typeof deploymentSchema>

/** One entry of `GET /api/integrations`. */
export const integrationSchema = z.object({
  slug: z.string(),
  name: z.string(),
  category: z.string(),
  profiles: z.array(profileSchema),
  auto_discovery: z.boolean(),
  env_vars: z.array(z.object({ name: z.string(), secret: z.boolean() })),
  docs_url: z.string(),
})
export type IntegrationResponse = z.infer<typeof integrationSchema>

/** `GET /api/integrations`. */
export const integrationsSchema = z.object({ integrations: z.array(integrationSchema) })
