import type { CredentialResponse } from '@vendo/contract/api'
import { findIntegration, type Integration } from '@vendo/integrations'
import type { ConnectionRecord } from '../store/records.ts'
import type { ApiDependencies } from './api-dependencies.ts'
import type { ApiCaller } from './api-environment.ts'
import { needsReauth } from './choose-connection.ts'
import { credentialsToOwner } from './credentials-to-owner.ts'
import { instantOrNull } from './instant.ts'

/** The vault's name of a connection's one secret; the proxy opens it under the same name. */
export const secretField = 'secret'

/**
 * What an app presents to an integration. For one that the broker proxies, whatever its profile, that is the caller's own
 * key and the broker's address, so that no upstream key leaves the broker; else the connection's own token.
 *
 * @throws {VendoError} `connection_needs_reauth` for a token that has expired; `vault_unreadable`.
 */
export const credentialOf = (
  dependencies: Pick<ApiDependencies, 'vault' | 'clock' | 'baseUrlFor'>,
  caller: ApiCaller,
  connection: ConnectionRecord,
): CredentialResponse => {
  const suffix = proxySuffix(findIntegration(connection.integration))
  return suffix === undefined
    ? tokenOf(dependencies, connection)
    : {
        access_token: credentialsToOwner(caller.presented),
        token_type: 'Bearer',
        expires_at: instantOrNull(caller.key.expiresAt),
        base_url: dependencies.baseUrlFor(connection.integration) + suffix,
      }
}

/** What follows the proxy's address in the integration's base-URL variable; undefined when the app calls the provider itself. */
const proxySuffix = ({ connectionEnvVars }: Integration): string | undefined => {
  for (const { source } of connectionEnvVars) if (source.from === 'proxyBaseUrl') return source.suffix
  return undefined
}

const tokenOf = (
  { vault, clock }: Pick<ApiDependencies, 'vault' | 'clock'>,
  { id, tenantId, integration, sealed, metadata }: ConnectionRecord,
): CredentialResponse => {
  const expiresAt = metadata['expires_at']
  const expiry = typeof expiresAt === 'string' ? Date.parse(expiresAt) : Number.NaN
  if (expiry <= clock()) throw needsReauth(integration)
  const secret = vault.open(sealed, { tenantId, connectionId: id, field: secretField })
  return {
    access_token: credentialsToOwner(secret),
    token_type: 'Bearer',
    expires_at: instantOrNull(Number.isNaN(expiry) ? null : expiry),
    base_url: null,
  }
}
