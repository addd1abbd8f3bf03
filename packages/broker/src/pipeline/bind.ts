import { createVendoError } from '@vendo/contract'
import type { Provider } from '@vendo/integrations/providers'
import type { ConnectionRecord } from '../store/records.ts'
import type { Directory } from './directory.ts'
import type { Caller, Target } from './records.ts'
import { andThen, type Soon } from './soon.ts'

/**
 * The connection a caller may use for a provider: an app key's binding (the named one, else the oldest usable), or a
 * connection key's only one. No binding means no.
 *
 * @throws {VendoError} `key_scope`, `binding_missing`, `connection_revoked` or `connection_needs_reauth`.
 */
export const bind = (
  directory: Directory,
  caller: Caller,
  provider: Provider,
  wanted: string | undefined,
): Soon<Target> => {
  const { slug } = provider
  const allowed = caller.key.limits.integrations
  if (allowed !== undefined && !allowed.includes(slug)) {
    throw createVendoError(`This key may not use ${slug}.`, { code: 'key_scope', slug })
  }
  return andThen(reachable(directory, caller), (connections) => choose(connections, provider, wanted))
}

const choose = (connections: readonly ConnectionRecord[], provider: Provider, wanted: string | undefined): Target => {
  const { slug } = provider
  const candidates = connections.filter(
    (connection) => connection.integration === slug && (wanted === undefined || connection.id === wanted),
  )
  const connection = candidates.find(({ status }) => status === 'connected') ?? candidates[0]
  if (connection === undefined) {
    throw createVendoError(
      wanted === undefined
        ? `This key has no connection for ${slug}.`
        : `This key has no connection ${JSON.stringify(wanted.slice(0, 60))} for ${slug}.`,
      { code: 'binding_missing', slug },
    )
  }
  assertConnected(connection)
  return { provider, connection, byok: connection.profile !== 'vendo_managed_pool' }
}

const reachable = (directory: Directory, { key, tenantId }: Caller): Soon<readonly ConnectionRecord[]> => {
  const own = (connection: ConnectionRecord): boolean => connection.tenantId === tenantId
  if (key.scope === 'app' && key.appId !== null) {
    return andThen(directory.boundConnections(key.appId), (connections) => connections.filter(own))
  }
  if (key.connectionId === null) return []
  return andThen(directory.connection(key.connectionId), (connection) =>
    connection !== null && own(connection) ? [connection] : [],
  )
}

const assertConnected = ({ status, integration }: ConnectionRecord): void => {
  if (status === 'connected') return
  if (status === 'revoked') {
    throw createVendoError(`The connection for ${integration} was revoked.`, {
      code: 'connection_revoked',
      slug: integration,
    })
  }
  throw createVendoError(`The connection for ${integration} must be connected again.`, {
    code: 'connection_needs_reauth',
    slug: integration,
  })
}
