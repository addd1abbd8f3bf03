import type { ServerResponse } from 'node:http'
import {
  createVendoError,
  type ErrorCodeRow,
  errorCodes,
  headerNames,
  isVendoError,
  isVendoErrorCode,
  type VendoError,
} from '@vendo/contract'
import { encodeErrorBody } from '@vendo/wire'
import type { Refusal } from './records.ts'

/** Any failure as the one error that goes to the client. What nobody expected says nothing about itself. */
export const asVendoError = (error: unknown): VendoError =>
  isVendoError(error)
    ? error
    : createVendoError('The broker failed while working on this request.', { code: 'overloaded', cause: error })

/**
 * Answers with the broker's own error, in the shape that the provider's official SDKs understand. Does nothing once the
 * head of an answer is out.
 */
export const refuse = (answer: ServerResponse, error: VendoError, { shape, requestId }: Refusal): number => {
  const row: ErrorCodeRow = isVendoErrorCode(error.code) ? errorCodes[error.code] : errorCodes.overloaded
  const status = error.status ?? row.status ?? 500
  if (answer.headersSent || answer.destroyed) return status
  const message = error.suggestedFix === undefined ? error.message : `${error.message} ${error.suggestedFix}`
  const body = Buffer.from(encodeErrorBody(shape, { status, code: error.code, message, requestId }))
  const headers = ['content-type', 'application/json', 'content-length', String(body.length)]
  headers.push(headerNames.errorCode, error.code, headerNames.requestId, requestId, 'cache-control', 'no-store')
  // Official SDKs sleep through a whole Retry-After, twice: until midnight for a daily cap. This stops them at once.
  if (!row.retryable) headers.push(headerNames.shouldRetry, 'false')
  if (error.retryAfter !== undefined) headers.push('retry-after', String(Math.max(1, Math.ceil(error.retryAfter))))
  answer.writeHead(status, headers)
  answer.end(body)
  return status
}
