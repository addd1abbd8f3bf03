import { type BrokerErrorCode, createVendoError, headerNames, isVendoError, type VendoError } from '@vendo/contract'
import type { ErrorBody } from '@vendo/contract/api'
import { HTTPException } from 'hono/http-exception'

/** A refusal as it leaves: status, headers and a body of `errorBodySchema`. */
export interface Refusal {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: ErrorBody
}

/** What a failure looks like to the caller. Anything but a {@link VendoError} becomes `internal_error`, without its detail. */
export const refusalOf = (failure: unknown, requestId: string): Refusal => {
  const error = refusableError(failure)
  const { code, message, slug, connectUrl, retryAfter, suggestedFix, retryable } = error
  return {
    status: error.status ?? 500,
    headers: {
      [headerNames.errorCode]: code,
      ...(retryable ? {} : { [headerNames.shouldRetry]: 'false' }),
      ...(retryAfter === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfter)) }),
      // RFC 9110 section 15.5.2: a 401 names the scheme it wants.
      ...(error.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    },
    body: {
      error: {
        code,
        message,
        ...(slug === undefined ? {} : { slug }),
        ...(connectUrl === undefined ? {} : { connect_url: connectUrl }),
        ...(retryAfter === undefined ? {} : { retry_after: retryAfter }),
        ...(suggestedFix === undefined ? {} : { suggested_fix: suggestedFix }),
        request_id: requestId,
      },
    },
  }
}

/** Whether a failure is nobody's refusal, so that the operator should hear of it. */
export const isUnexpected = (failure: unknown): boolean =>
  !(failure instanceof HTTPException) && (!isVendoError(failure) || (failure.status ?? 500) === 500)

const refusableError = (failure: unknown): VendoError => {
  if (failure instanceof HTTPException) return fromFramework(failure)
  if (isVendoError(failure) && !isUnexpected(failure)) return failure
  return refuse('internal_error', 'The broker failed on this request.')
}

/** The framework itself refuses bodies that it cannot parse. */
const fromFramework = ({ status }: HTTPException): VendoError =>
  status === 415
    ? refuse('unsupported_encoding', 'The body must be JSON, sent with `content-type: application/json`.')
    : refuse('validation_failed', 'The body is not valid JSON.')

const refuse = (code: BrokerErrorCode, message: string): VendoError => createVendoError(message, { code })
