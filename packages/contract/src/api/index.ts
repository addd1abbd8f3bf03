/** The broker's HTTP API as zod schemas: the broker validates and documents with them, clients take their types. */

export type {
  BalanceResponse,
  CallResponse,
  CallsResponse,
  ChargeLineResponse,
  LedgerReportResponse,
  SpendCapsResponse,
  TopUpResponse,
  UsageResponse,
} from './billing.ts'
export {
  balanceSchema,
  callSchema,
  callsSchema,
  chargeLineSchema,
  ledgerReportSchema,
  spendCapsSchema,
  topUpRequestSchema,
  topUpResponseSchema,
  usageSchema,
} from './billing.ts'
export type { ErrorBody } from './common.ts'
export {
  errorBodySchema,
  instantSchema,
  nanosSchema,
  profileSchema,
  slugSchema,
  usdSchema,
} from './common.ts'
export type { BulkCredentialsResponse, CredentialResponse } from './credentials.ts'
export {
  bulkCredentialsSchema,
  credentialSchema,
} from './credentials.ts'
export type { DeploymentConnection, DeploymentResponse, IntegrationResponse } from './deployment.ts'
export {
  connectionStatusSchema,
  deploymentConnectionSchema,
  deploymentConnectionsSchema,
  deploymentSchema,
  integrationSchema,
  integrationsSchema,
} from './deployment.ts'
export type { BillingEvent } from './events.ts'
export {
  balanceChangedSchema,
  billingEventSchema,
  capTrippedSchema,
  capWarnedSchema,
  usageRecordedSchema,
} from './events.ts'
export type { ScopeLimitsResponse, SharedLimits, UpdateKeyBody } from './limits.ts'
export { scopeLimitsSchema, sharedLimitsSchema, updateKeySchema } from './limits.ts'
export type {
  AppResponse,
  BindingResponse,
  ConnectionResponse,
  CreatedKeyResponse,
  KeyLimits,
  KeyResponse,
  MarginResponse,
  MarginScopeQuery,
  MarginsResponse,
  OpenRouterModels,
  PutRateBody,
  SetMarginBody,
  TenantResponse,
} from './management.ts'
export {
  appSchema,
  bindingSchema,
  connectionSchema,
  createAppSchema,
  createBindingSchema,
  createConnectionSchema,
  createdKeySchema,
  createKeySchema,
  createTenantSchema,
  keyLimitsSchema,
  keySchema,
  marginSchema,
  marginScopeSchema,
  marginsSchema,
  openRouterModelsSchema,
  putRateSchema,
  setMarginSchema,
  tenantSchema,
  updateTenantSchema,
} from './management.ts'
export type { ListedModel, RatesResponse, RateUpdateResponse } from './rates.ts'
export { rateImportSchema, rateSchema, ratesSchema, rateUpdateRequestSchema, rateUpdateSchema } from './rates.ts'
export type { RefundResponse } from './refunds.ts'
export { refundRequestSchema, refundResponseSchema } from './refunds.ts'
