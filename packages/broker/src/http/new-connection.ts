import { createVendoError, looksLikeVendoKey, type Profile, Secret } from '@vendo/contract'
import type { createConnectionSchema } from '@vendo/contract/api'
import { findIntegration, type Integration } from '@vendo/integrations'
import type { z } from 'zod'
import type { ConnectionRecord } from '../store/records.ts'
import type { ApiDependencies } from './api-dependencies.ts'
import { secretField } from './credential-of.ts'

/** The checked body of `POST /api/connections`. */
export type NewConnection = z.output<typeof createConnectionSchema>

/**
 * A connection record with its secret sealed. Nothing is written yet.
 *
 * @throws {VendoError} `provider_unknown`, or `validation_failed` for a profile that the integration does not have or a
 *   secret that cannot be one.
 */
export const newConnection = (
  { vault, clock, newId }: Pick<ApiDependencies, 'vault' | 'clock' | 'newId'>,
  tenantId: string,
  { integration: slug, profile, name, secret, metadata }: NewConnection,
): ConnectionRecord => {
  const integration = findIntegration(slug)
  assertUpstreamSecret(secret)
  const id = newId('connection')
  return {
    id,
    tenantId,
    integration: slug,
    profile: chooseProfile(integration, profile),
    name: name ?? integration.name,
    status: 'connected',
    metadata: metadata ?? {},
    sealed: vault.seal(new Secret(secret), { tenantId, connectionId: id, field: secretField }),
    createdAt: clock(),
  }
}

/** A pasted key is the tenant's own unless the request says that it is the operator's pool. */
const chooseProfile = ({ slug, profiles }: Integration, wanted: Profile | undefined): Profile => {
  if (wanted === undefined) return profiles.find((profile) => profile === 'byok_static') ?? profiles[0]
  if (profiles.includes(wanted)) return wanted
  throw createVendoError(`body \`profile\`: ${slug} has ${profiles.join(', ')}`, { code: 'validation_failed', slug })
}

const assertUpstreamSecret = (secret: string): void => {
  // Neither may ever reach a header: a line break would end it, and a Vendo key would leak to the provider.
  const fault = looksLikeVendoKey(secret)
    ? "is a Vendo key; paste the provider's own"
    : /[^\x20-\x7e]/.test(secret)
      ? 'must be one line of printable ASCII'
      : undefined
  if (fault !== undefined) throw createVendoError(`body \`secret\`: ${fault}`, { code: 'validation_failed' })
}
