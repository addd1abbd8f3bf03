import type { Secret } from '@vendo/contract'
import { type LocalState, newId, type Store } from './local-state.ts'
import { hashSecret } from './reveal-digest.ts'
import { readKeyFile, writeKeyFile } from './reveal-key-file.ts'

type BrokerPackage = typeof import('@vendo/broker')
type KeyRecord = Parameters<Store['createKey']>[0]
type KeyOwner = Pick<KeyRecord, 'kind' | 'scope' | 'tenantId' | 'appId' | 'name'>

/** Names of the app that calls the providers, and of the one that gets simulated answers. */
export const appNames = { live: 'default', simulated: 'simulated' } as const

/** Who owns what the local broker serves, and the keys for it. */
export interface LocalOwner {
  readonly tenantId: string
  readonly appId: string
  /** An operator's key: on one's own machine one may everything. */
  readonly managementKey: Secret
  readonly appKey: Secret
}

/** Finds or makes the tenant `local`, the app and the keys. Keys that were revoked or lost are made again. */
export const seedOwner = async (
  broker: BrokerPackage,
  state: LocalState,
  appName: (typeof appNames)[keyof typeof appNames],
): Promise<LocalOwner> => {
  const { store, files } = state
  const tenantId = await seedTenant(store)
  const appId = await seedApp(store, tenantId, appName)
  const keyFile = appName === appNames.simulated ? files?.simulatedAppKey : files?.appKey
  const operator = { kind: 'management', scope: 'operator', tenantId: null, appId: null, name: 'local' } as const
  const app = { kind: 'inference', scope: 'app', tenantId, appId, name: appName } as const
  return {
    tenantId,
    appId,
    managementKey: await seedKey(broker, state, { owner: operator, path: files?.managementKey }),
    appKey: await seedKey(broker, state, { owner: app, path: keyFile }),
  }
}

const seedTenant = async (store: Store): Promise<string> => {
  const [first] = await store.listTenants()
  if (first !== undefined) {
    if (first.transparent !== true) await store.setTransparent(first.id, true)
    return first.id
  }
  const id = newId('tenant')
  // On one's own machine nothing is resold: the apps may see list prices.
  await store.createTenant({ id, name: 'local', createdAt: Date.now(), transparent: true })
  return id
}

const seedApp = async (store: Store, tenantId: string, name: string): Promise<string> => {
  const known = (await store.listApps(tenantId)).find((app) => app.name === name)
  if (known !== undefined) return known.id
  const id = newId('app')
  await store.createApp({ id, tenantId, name, createdAt: Date.now() })
  return id
}

interface WantedKey {
  readonly owner: KeyOwner
  readonly path: string | undefined
}

const seedKey = async (
  { mintKey, hashKey }: BrokerPackage,
  { store }: LocalState,
  { owner, path }: WantedKey,
): Promise<Secret> => {
  const kept = path === undefined ? undefined : readKeyFile(path)
  if (kept !== undefined && isUsable(await store.findKeyByHash(hashSecret(hashKey, kept)), owner)) return kept
  const { key, hash, display } = mintKey(owner.kind)
  const unlimited = { connectionId: null, limits: {}, createdAt: Date.now(), expiresAt: null, revokedAt: null }
  await store.createKey({ id: newId('key'), hash, display, ...owner, ...unlimited })
  if (path !== undefined) writeKeyFile(path, key)
  return key
}

const isUsable = (record: KeyRecord | null, { scope, appId }: KeyOwner): boolean =>
  record !== null && record.revokedAt === null && record.scope === scope && record.appId === appId
