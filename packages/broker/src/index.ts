/** The Vendo broker: scoped keys, encrypted credentials, an exact ledger and the metering proxy. */

export type { Broker } from './broker.ts'
export { createBroker } from './broker.ts'
export type { BrokerOptions } from './broker-options.ts'
export { adoptVaultKey, assertVaultKey } from './credentials/assert-vault-key.ts'
export { loadKeyEncryptionKey, loadOrCreateKeyFile } from './credentials/load-key-encryption-key.ts'
export type { Vault } from './credentials/vault.ts'
export { createVault } from './credentials/vault.ts'
export type { UpstreamTimeouts } from './egress/upstream-pools.ts'
export type { AppliedRateList, RateListOptions } from './http/rate-lists/apply-rate-list.ts'
export { applyRateList } from './http/rate-lists/apply-rate-list.ts'
export { hashKey } from './keys/hash-key.ts'
export { mintKey } from './keys/mint-key.ts'
export { marginNotices } from './meter/margin-notices.ts'
export type { ListenOptions } from './node-server.ts'
export { collectClusterMetrics, shareClusterMetrics } from './observe/cluster-metrics.ts'
export type { Logger } from './observe/logger.ts'
export { createLogger, silentLogger } from './observe/logger.ts'
export type { MetricDescription, Metrics, MetricsOptions, MetricsSource } from './observe/metrics.ts'
export { createMetrics } from './observe/metrics.ts'
export type { MetricsServer, MetricsServerOptions } from './observe/metrics-server.ts'
export { startMetricsServer } from './observe/metrics-server.ts'
export { findTracer } from './observe/trace-calls.ts'
export type { DrainPolicy, OnDisconnect } from './pipeline/drain-policy.ts'
export type { StructureLimits } from './pipeline/json-structure.ts'
export type { UploadPace } from './pipeline/upload-pace.ts'
export { openPostgresStore } from './store/postgres/open-postgres-store.ts'
export type {
  AppRecord,
  BindingRecord,
  ConnectionRecord,
  KeyRecord,
  MarginRecord,
  RateOverride,
  SealedSecret,
  TenantRecord,
  TopUp,
} from './store/records.ts'
export type { SqliteBackupOptions } from './store/sqlite/backup-sqlite-store.ts'
export { backupSqliteStore } from './store/sqlite/backup-sqlite-store.ts'
export { openSqliteStore } from './store/sqlite/open-sqlite-store.ts'
export { verifySqliteFile } from './store/sqlite/verify-sqlite-file.ts'
export type { Store } from './store/store.ts'
