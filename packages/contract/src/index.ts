/** What the SDK and the broker both say. Published for them; not meant to be imported by applications. */

export type { BrokerErrorCode, ErrorCodeRow, VendoErrorCode, VendoErrorName } from './error-code.ts'
export { errorCodes, isVendoErrorCode } from './error-code.ts'
export type { VendoErrorInit } from './errors.ts'
export {
  AuthError,
  BalanceExhausted,
  createVendoError,
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
} from './errors.ts'
export { headerNames } from './header-name.ts'
export type { Nanos, Rational } from './money.ts'
export {
  ceilDivide,
  floorDivide,
  microsFromNanos,
  nanosFromUsd,
  parseDecimal,
  roundHalfEven,
  usdFromNanos,
} from './money.ts'
export type { Profile } from './profile.ts'
export { profiles } from './profile.ts'
export { Secret } from './secret.ts'
export type { Meter, Quantities, Served, Usage } from './usage.ts'
export { isTokenMeter, meters } from './usage.ts'
export {
  formatVendoKey,
  inferenceKeyPrefix,
  isWellFormedVendoKey,
  looksLikeVendoKey,
  managementKeyPrefix,
  maskVendoKey,
  mentionsVendoKey,
} from './vendo-key.ts'
export type { ErrorShape, WireFormatName } from './wire-format-name.ts'
export { wireFormatNames } from './wire-format-name.ts'
