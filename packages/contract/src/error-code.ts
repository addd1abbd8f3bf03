/** What the broker can refuse with, or the SDK can fail with: one row per cause. */
export interface ErrorCodeRow {
  /** HTTP status the broker answers with; absent for codes that exist only in the SDK. */
  readonly status?: number
  /** The SDK error class a caller reacts to. */
  readonly error: VendoErrorName
  /** Whether the same call can succeed later without anybody changing anything. */
  readonly retryable: boolean
  /** Broker codes carry the `Vendo-Error-Code` header. */
  readonly origin: 'broker' | 'sdk'
  /** What to do next, in one sentence. */
  readonly hint: string
}

/** The names of the error classes in `errors.ts`. */
export type VendoErrorName =
  | 'AuthError'
  | 'NotConnected'
  | 'NeedsReauth'
  | 'BalanceExhausted'
  | 'SpendCapExceeded'
  | 'RateLimited'
  | 'UpstreamError'
  | 'ValidationError'
  | 'IdempotencyConflict'
  | 'VendoOnlyFeature'
  | 'IdentityNotPresent'

const broker = (status: number, error: VendoErrorName, hint: string, retryable = false) =>
  ({ status, error, retryable, origin: 'broker', hint }) as const
const local = (error: VendoErrorName, hint: string, retryable = false) =>
  ({ error, retryable, origin: 'sdk', hint }) as const

/**
 * Every error code of Vendo. The broker emits from this table, the SDK constructs from it, the docs are printed from it.
 *
 * @see docs/reference/errors.md
 */
export const errorCodes = {
  app_unknown: broker(
    401,
    'AuthError',
    'Send a key that `vendo keys create` printed, as `Authorization: Bearer vendo_sk_…`.',
  ),
  app_revoked: broker(401, 'AuthError', 'This key was revoked: create a new one with `vendo keys create`.'),
  app_expired: broker(401, 'AuthError', 'This key has expired: create a new one with `vendo keys create`.'),
  connection_needs_reauth: broker(401, 'NeedsReauth', 'Connect this integration again with `vendo connect`.'),
  balance_exhausted: broker(402, 'BalanceExhausted', 'Add credit with `vendo topup`, or lower `max_tokens`.'),
  model_unpriced: broker(402, 'ValidationError', 'Use a model of the catalog, or add a rate for this one.'),
  binding_missing: broker(
    403,
    'NotConnected',
    'Connect this integration with `vendo connect`, and bind it to the app.',
  ),
  connection_revoked: broker(403, 'NotConnected', 'The connection was revoked: connect this integration again.'),
  model_not_allowed: broker(
    403,
    'ValidationError',
    'This key may not use this model: use an allowed one, or another key.',
  ),
  key_scope: broker(403, 'AuthError', 'This kind of key may not call this address: see the table of keys in the docs.'),
  browser_refused: broker(
    403,
    'ValidationError',
    'Call from a server; or, from a page, with `fetch`, a key in a header and an origin that the operator allows.',
  ),
  provider_unknown: broker(
    404,
    'ValidationError',
    'Check the first part of the path: it names the integration, as in `/anthropic/v1/messages`.',
  ),
  route_blocked: broker(
    404,
    'ValidationError',
    'Vendo does not forward this route: docs/reference/integrations.md lists those it does.',
  ),
  model_not_found: broker(404, 'ValidationError', 'Check the spelling of the model.'),
  job_not_found: broker(404, 'ValidationError', 'Check the job id, and that the same key submitted it.'),
  not_found: broker(404, 'ValidationError', 'Check the address against `/api/openapi.json`.'),
  method_not_allowed: broker(405, 'ValidationError', 'Use a method that the `Allow` header lists.'),
  idempotency_conflict: broker(
    409,
    'IdempotencyConflict',
    'This Idempotency-Key was used with another body: use a fresh one.',
  ),
  request_timeout: broker(408, 'ValidationError', 'Send the whole request without long pauses: try again.', true),
  request_too_large: broker(413, 'ValidationError', 'Send a smaller body.'),
  unsupported_encoding: broker(415, 'ValidationError', 'Send the body uncompressed, as JSON.'),
  validation_failed: broker(400, 'ValidationError', 'Correct the request as the message says.'),
  not_supported: broker(400, 'ValidationError', 'Leave out what the message names: it is not built yet.'),
  key_conflict: broker(400, 'ValidationError', 'Send one Vendo key, not two different ones.'),
  path_rejected: broker(
    400,
    'ValidationError',
    'Send a plain path without dot segments, empty segments or encoded slashes.',
  ),
  request_unbounded: broker(
    400,
    'ValidationError',
    'Set the use limit that the message names, or use a key that allows unbounded requests.',
  ),
  host_refused: broker(
    421,
    'ValidationError',
    'Call this broker as localhost or by its public URL; behind a proxy, start it with `--public-url`.',
  ),
  spend_cap_daily: broker(
    429,
    'SpendCapExceeded',
    'Raise the daily cap, lower `max_tokens`, or wait for the next UTC day.',
  ),
  spend_cap_monthly: broker(
    429,
    'SpendCapExceeded',
    'Raise the monthly cap, lower `max_tokens`, or wait for the next UTC month.',
  ),
  spend_cap_total: broker(429, 'SpendCapExceeded', 'Raise the cap, lower `max_tokens`, or use another key.'),
  held_by_open_calls: broker(
    429,
    'RateLimited',
    'Wait as long as `Retry-After` says: running calls give back what they do not use when they end.',
    true,
  ),
  rate_limited: broker(429, 'RateLimited', 'Wait as long as `Retry-After` says.', true),
  concurrency_limited: broker(429, 'RateLimited', 'Wait until a call of this key has ended.', true),
  internal_error: broker(500, 'UpstreamError', 'Report this with the request id: it is a fault of the broker.'),
  upstream_error: broker(502, 'UpstreamError', 'The provider could not be reached or broke off: try again.', true),
  upstream_credentials_exhausted: broker(
    502,
    'UpstreamError',
    "The provider refused the operator's credential: tell the operator.",
  ),
  store_unavailable: broker(503, 'UpstreamError', 'The ledger cannot be written just now: try again.', true),
  overloaded: broker(503, 'UpstreamError', 'The broker has no room for this request just now: try again.', true),
  upstream_timeout: broker(504, 'UpstreamError', 'The provider took too long: try again.', true),

  not_connected: local('NotConnected', 'Set the variable that the message names, or connect the integration.'),
  network_error: local('UpstreamError', 'Check that the Vendo API can be reached at the base URL.', true),
  timeout: local('UpstreamError', 'Try again, or raise `timeoutMs`.', true),
  base_url_missing: local('ValidationError', 'Set VENDO_BASE_URL; for `vendo dev` it is http://127.0.0.1:8787.'),
  vendo_only_feature: local('VendoOnlyFeature', 'Set VENDO_API_KEY and VENDO_BASE_URL to use this feature.'),
  identity_not_present: local('IdentityNotPresent', 'Send the X-Vendo-User-JWT header.'),
} as const satisfies Record<string, ErrorCodeRow>

/** The closed union of every code in {@link errorCodes}. */
export type VendoErrorCode = keyof typeof errorCodes

/** Codes that the broker itself sends. */
export type BrokerErrorCode = {
  [Code in VendoErrorCode]: (typeof errorCodes)[Code]['origin'] extends 'broker' ? Code : never
}[VendoErrorCode]

/** Whether a string is a code of this version of Vendo; an unknown code is never retryable. */
export const isVendoErrorCode = (code: string): code is VendoErrorCode => Object.hasOwn(errorCodes, code)
