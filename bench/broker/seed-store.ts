import { createVault, mintKey, type Store } from '@vendo/broker'
import { nanosFromUsd, Secret } from '@vendo/contract'
import { revealBenchKeys } from './reveal-bench-keys.ts'

type KeyRecord = Parameters<Store['createKey']>[0]

/** The vault key of every benchmark: nothing it protects is worth anything. */
export const benchVaultKey = Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7)).toString('base64')

/** Who calls in benchmarks. */
export const benchTenant = { tenantId: 'ten_bench', appId: 'app_bench', connectionId: 'con_anthropic' } as const

const slugs = ['anthropic', 'openai'] as const

/** The tenant's own account beside the pooled ones: files are refused on those. */
export const ownConnectionId = 'con_openai_own'

/** What the mock answers to, so that each has a price. */
const models: readonly string[] = [
  ...['mock', 'mock-json', 'mock-sse', 'mock-delay-40', 'mock-paced-5', 'mock-paced-40'],
  ...['whisper-1', 'gpt-4o-transcribe'],
]

/** Every kind of limit is set, and none is ever reached: what they cost is part of what is measured. */
export const benchLimits: KeyRecord['limits'] = {
  models: ['mock*'],
  spend_day_usd: '1000000000',
  spend_month_usd: '1000000000',
  requests_per_minute: 1_000_000_000,
  tokens_per_minute: 1_000_000_000_000,
  concurrency: 1_000_000,
}

/** What {@link seedStore} made. */
export interface SeededStore {
  readonly keys: readonly string[]
}

const keysAtOnce = 400
const createdAt = 1_760_000_000_000

/** Fills an empty store with a rich tenant, its app, connections, rates for the mock's models, and keys. */
export const seedStore = async (store: Store, keyCount = 1): Promise<SeededStore> => {
  const { tenantId, appId } = benchTenant
  await store.createTenant({ id: tenantId, name: 'bench', createdAt })
  await store.createApp({ id: appId, tenantId, name: 'bench', createdAt })
  await seedConnections(store)
  await store.addRateOverrides(slugs.flatMap((integration) => models.map((model) => rateOf(integration, model))))
  const amountNanos = nanosFromUsd('1000000000')
  await store.topUp({ id: 'top_bench', tenantId, amountNanos, note: 'bench', idempotencyKey: null })
  await store.createKey({ ...keyOf('operator'), ...mintedOf(mintKey('management')), id: 'key_operator' })
  return { keys: await seedKeys(store, keyCount) }
}

const seedConnections = async (store: Store): Promise<void> => {
  const { tenantId, appId } = benchTenant
  const vault = createVault({ keyEncryptionKey: new Secret(benchVaultKey) })
  const pooled = slugs.map((integration) => ({
    integration,
    connectionId: `con_${integration}`,
    profile: 'vendo_managed_pool' as const,
  }))
  const own = { integration: 'openai', connectionId: ownConnectionId, profile: 'byok_static' } as const
  for (const { integration, connectionId, profile } of [...pooled, own]) {
    const sealed = vault.seal(new Secret('bench-upstream-key'), { tenantId, connectionId, field: 'secret' })
    const metadata = {}
    const common = {
      tenantId,
      integration,
      name: integration,
      status: 'connected',
      metadata,
      sealed,
      createdAt,
    } as const
    await store.createConnection({ id: connectionId, profile, ...common })
    await store.createBinding({ appId, connectionId, tenantId, createdAt })
  }
}

const seedKeys = async (store: Store, count: number): Promise<readonly string[]> => {
  const keys: string[] = []
  while (keys.length < count) {
    const batch = Array.from({ length: Math.min(keysAtOnce, count - keys.length) }, () => mintKey('inference'))
    const records = batch.map((minted, index) => ({
      ...keyOf('app'),
      ...mintedOf(minted),
      id: `key_bench_${keys.length + index}`,
    }))
    await Promise.all(records.map((record) => store.createKey(record)))
    keys.push(...revealBenchKeys(batch))
  }
  return keys
}

const mintedOf = ({ hash, display }: ReturnType<typeof mintKey>) => ({ hash, display })

const keyOf = (scope: 'app' | 'operator') => ({
  kind: scope === 'app' ? ('inference' as const) : ('management' as const),
  scope,
  name: 'bench',
  tenantId: scope === 'app' ? benchTenant.tenantId : null,
  appId: scope === 'app' ? benchTenant.appId : null,
  connectionId: null,
  limits: scope === 'app' ? benchLimits : {},
  createdAt,
  expiresAt: null,
  revokedAt: null,
})

const rateOf = (integration: string, model: string) => ({
  integration,
  model,
  contextWindow: 64_000_000,
  maxOutput: 8_192,
  usd: { input: '3', cache_read: '0.3', cache_write_5m: '3.75', cache_write_1h: '6', output: '15', web_search: '0.01' },
  source: 'bench',
  effectiveFrom: createdAt,
})
