import type { Profile, Secret } from '@vendo/contract'
import { type LocalState, newId, type Store } from './local-state.ts'
import { digestSecret } from './reveal-digest.ts'
import type { LocalOwner } from './seed-owner.ts'

type ConnectionRecord = Awaited<ReturnType<Store['listConnections']>>[number]

/** A provider's key that was found in the environment or a `.env` file. */
export interface ProviderKey {
  readonly slug: string
  readonly secret: Secret
  /** The variable it was found in, for people. */
  readonly variable?: string
  /** Where calls with this key go instead of the provider's own origin. */
  readonly upstreamOrigin?: string
}

/** A connection that the local app uses. */
export interface LocalConnection {
  readonly slug: string
  readonly profile: Profile
  /** `environment`: a key that was found; `connected`: one that somebody connected; `simulated`: no key at all. */
  readonly source: 'environment' | 'connected' | 'simulated'
}

const sourceOf = ({ metadata }: ConnectionRecord): LocalConnection['source'] => {
  if (metadata['simulated'] === true) return 'simulated'
  return metadata['source'] === 'environment' ? 'environment' : 'connected'
}

/**
 * Binds the simulated app to one labelled, simulated connection for each slug, and to nothing else of these slugs, so that
 * no real credential can meet a simulated upstream.
 */
export const seedSimulatedConnections = async (
  state: LocalState,
  owner: LocalOwner,
  { slugs, credential }: { readonly slugs: readonly string[]; readonly credential: Secret },
): Promise<void> => {
  for (const slug of slugs) {
    const digest = digestSecret(state.vaultKey, slug, credential)
    const metadata = { simulated: true, digest }
    const profile = 'vendo_managed_pool'
    await bindOnly(state, owner, { slug, profile, secret: credential, metadata })
  }
}

/**
 * Binds the app to a connection for each key that was found, unless somebody connected the integration on purpose: that
 * one keeps winning. Keys that are not found any more are no longer used.
 */
export const seedFoundKeys = async (
  state: LocalState,
  owner: LocalOwner,
  keys: readonly ProviderKey[],
): Promise<void> => {
  const connected = await usableConnections(state.store, owner.appId)
  const chosen = keys.filter(
    ({ slug }) => !connected.some((other) => other.integration === slug && sourceOf(other) === 'connected'),
  )
  await unbindStale(state.store, owner, new Set(chosen.map(({ slug }) => slug)))
  for (const { slug, secret, variable } of chosen) {
    const digest = digestSecret(state.vaultKey, slug, secret)
    const metadata = { source: 'environment', digest, ...(variable !== undefined && { variable }) }
    await bindOnly(state, owner, { slug, profile: 'byok_static', secret, metadata })
  }
}

/** What the app would use for each integration now: its oldest working binding. */
export const listLocalConnections = async (store: Store, appId: string): Promise<readonly LocalConnection[]> => {
  const first = new Map<string, LocalConnection>()
  for (const connection of await usableConnections(store, appId)) {
    const { integration: slug, profile } = connection
    if (!first.has(slug)) first.set(slug, { slug, profile, source: sourceOf(connection) })
  }
  return [...first.values()]
}

const usableConnections = async (store: Store, appId: string): Promise<readonly ConnectionRecord[]> =>
  (await store.listBoundConnections(appId)).filter(({ status }) => status === 'connected')

const unbindStale = async (store: Store, { appId }: LocalOwner, found: ReadonlySet<string>): Promise<void> => {
  for (const connection of await store.listBoundConnections(appId)) {
    if (sourceOf(connection) !== 'environment' || found.has(connection.integration)) continue
    await store.deleteBinding(appId, connection.id)
  }
}

interface WantedConnection {
  readonly slug: string
  readonly profile: Profile
  readonly secret: Secret
  readonly metadata: Readonly<Record<string, unknown>> & { readonly digest: string }
}

const bindOnly = async (state: LocalState, owner: LocalOwner, wanted: WantedConnection): Promise<void> => {
  const { store } = state
  const { tenantId, appId } = owner
  const id = (await findSame(store, tenantId, wanted)) ?? (await connect(state, tenantId, wanted))
  for (const bound of await store.listBoundConnections(appId)) {
    if (bound.integration === wanted.slug && bound.id !== id) await store.deleteBinding(appId, bound.id)
  }
  await store.createBinding({ appId, connectionId: id, tenantId, createdAt: Date.now() })
}

/** The connection with the same secret. One with another secret of the same origin is out of date, and revoked. */
const findSame = async (store: Store, tenantId: string, wanted: WantedConnection): Promise<string | undefined> => {
  let same: string | undefined
  for (const connection of await store.listConnections(tenantId)) {
    const { id, integration, status, metadata } = connection
    if (integration !== wanted.slug || status !== 'connected') continue
    if (metadata['source'] !== wanted.metadata['source'] || metadata['simulated'] !== wanted.metadata['simulated']) {
      continue
    }
    if (metadata['digest'] === undefined) continue
    if (metadata['digest'] === wanted.metadata.digest) same = id
    else await store.setConnectionStatus(id, 'revoked')
  }
  return same
}

const connect = async ({ store, vault }: LocalState, tenantId: string, wanted: WantedConnection): Promise<string> => {
  const { slug, profile, secret, metadata } = wanted
  const id = newId('connection')
  const sealed = vault.seal(secret, { tenantId, connectionId: id, field: 'secret' })
  const name = metadata['simulated'] === true ? `${slug} (simulated)` : slug
  await store.createConnection({
    id,
    tenantId,
    integration: slug,
    profile,
    name,
    status: 'connected',
    metadata,
    sealed,
    createdAt: Date.now(),
  })
  return id
}
