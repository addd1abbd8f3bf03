import {
  type ErrorCodeRow,
  errorCodes,
  isVendoErrorCode,
  type VendoErrorCode,
  type VendoErrorName,
} from './error-code.ts'

const marker = Symbol.for('vendo.error')

/** What a {@link VendoError} carries beside its message. */
export interface VendoErrorInit {
  /** A code of `errorCodes`; a newer broker may send one that this version does not know. */
  readonly code: VendoErrorCode | (string & {})
  /** HTTP status, where there was a response. */
  readonly status?: number | undefined
  /** The integration it is about. */
  readonly slug?: string | undefined
  /** Where a person connects that integration. */
  readonly connectUrl?: string | undefined
  /** Seconds to wait before the same call can succeed. */
  readonly retryAfter?: number | undefined
  /** The next command or setting, in one sentence. */
  readonly suggestedFix?: string | undefined
  /** The broker's id of the request, to quote in a report. */
  readonly requestId?: string | undefined
  readonly cause?: unknown
}

/**
 * Anything that Vendo refuses or fails with. Never holds a credential, a prompt or a response body.
 * Recognise it with {@link isVendoError}, which also works across two installed copies of a package.
 */
export class VendoError extends Error {
  readonly code: VendoErrorCode | (string & {})
  readonly status: number | undefined
  readonly slug: string | undefined
  readonly connectUrl: string | undefined
  readonly retryAfter: number | undefined
  readonly suggestedFix: string | undefined
  readonly requestId: string | undefined
  /** Whether the same call can succeed later without anybody changing anything. */
  readonly retryable: boolean

  constructor(message: string, init: VendoErrorInit) {
    super(message, init.cause === undefined ? undefined : { cause: init.cause })
    this.name = new.target.name
    const row = isVendoErrorCode(init.code) ? errorCodes[init.code] : undefined
    this.code = init.code
    this.status = init.status
    this.slug = init.slug
    this.connectUrl = init.connectUrl
    this.retryAfter = init.retryAfter
    this.suggestedFix = init.suggestedFix ?? row?.hint
    this.requestId = init.requestId
    this.retryable = row?.retryable ?? false
    Object.defineProperty(this, marker, { value: true })
  }
}

/** The key is missing, unknown, revoked, expired or of the wrong kind. */
export class AuthError extends VendoError {}
/** No source has a credential for the integration, or the app is not bound to one. */
export class NotConnected extends VendoError {}
/** The connection exists, but its owner must connect it again. */
export class NeedsReauth extends VendoError {}
/** The wallet does not cover the call. */
export class BalanceExhausted extends VendoError {}
/** A daily, monthly or total cap does not cover the call. */
export class SpendCapExceeded extends VendoError {}
/** Too many requests, tokens or calls at once; see `retryAfter`. */
export class RateLimited extends VendoError {}
/** The provider, the broker or the network between failed. */
export class UpstreamError extends VendoError {}
/** The request is wrong and stays wrong until it is changed. */
export class ValidationError extends VendoError {}
/** An `Idempotency-Key` came back with another body. */
export class IdempotencyConflict extends VendoError {}
/** The feature needs a Vendo key and a Vendo API. */
export class VendoOnlyFeature extends VendoError {}
/** The request carried no user identity. */
export class IdentityNotPresent extends VendoError {}

const classes = {
  AuthError,
  NotConnected,
  NeedsReauth,
  BalanceExhausted,
  SpendCapExceeded,
  RateLimited,
  UpstreamError,
  ValidationError,
  IdempotencyConflict,
  VendoOnlyFeature,
  IdentityNotPresent,
} satisfies { [Name in VendoErrorName]: typeof VendoError }

// An application's bundler shortens class names, and with them what `error.name` would say.
for (const [name, Class] of Object.entries({ VendoError, ...classes })) {
  Object.defineProperty(Class, 'name', { value: name })
}

/** Builds the class that {@link errorCodes} names for the code; an unknown code gives a plain {@link VendoError}. */
export const createVendoError = (message: string, init: VendoErrorInit): VendoError => {
  const Class = isVendoErrorCode(init.code) ? classes[errorCodes[init.code].error] : VendoError
  const status = init.status ?? (isVendoErrorCode(init.code) ? statusOf(init.code) : undefined)
  return new Class(message, { ...init, status })
}

const statusOf = (code: VendoErrorCode): number | undefined => {
  const row: ErrorCodeRow = errorCodes[code]
  return row.status
}

/** Whether a value is a {@link VendoError} of any installed copy or version of Vendo. */
export const isVendoError = (value: unknown): value is VendoError =>
  typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[marker] === true
