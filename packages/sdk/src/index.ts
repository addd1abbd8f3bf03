/** One way to find a credential: on a laptop with a `.env`, against a local broker, and in production. */

export type { Profile, VendoErrorCode, VendoErrorInit } from '@vendo/contract'
export {
  AuthError,
  BalanceExhausted,
  IdempotencyConflict,
  IdentityNotPresent,
  isVendoError,
  NeedsReauth,
  NotConnected,
  RateLimited,
  SpendCapExceeded,
  UpstreamError,
  ValidationError,
  VendoError,
  VendoOnlyFeature,
} from '@vendo/contract'
export type { KnownSlug } from '@vendo/integrations/env-table'
export type { Explanation, SourceReport } from './resolve/explain.ts'
export type { Resolved, SourceName } from './resolve/source.ts'
export type {
  Balance,
  Billing,
  SpendCaps,
  UsageGroup,
  UsageOptions,
  UsageReport,
  UsageSums,
} from './resource/billing.ts'
export type { Connection, ConnectionStatus, Connections } from './resource/connections.ts'
export type { EnvVariable, Integration, Integrations } from './resource/integrations.ts'
export type { Fetch } from './settings.ts'
export type { Slug } from './slug.ts'
export type { ClientOptions } from './vendo.ts'
export { Vendo } from './vendo.ts'
export type { CustomIntegration, ExplicitToken, VendoOptions } from './vendo-options.ts'
