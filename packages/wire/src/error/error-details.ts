/** An error of Vendo's own, to be told in a provider's words. */
export interface ErrorDetails {
  /** HTTP status that the error has, or would have had before the stream began. */
  readonly status: number
  /** A code of `errorCodes`. */
  readonly code: string
  readonly message: string
  readonly requestId: string
}

const anthropicTypes: ReadonlyMap<number, string> = new Map([
  [401, 'authentication_error'],
  [402, 'billing_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [413, 'request_too_large'],
  [429, 'rate_limit_error'],
  [504, 'timeout_error'],
  [529, 'overloaded_error'],
])

const openAiTypes: ReadonlyMap<number, string> = new Map([
  [401, 'authentication_error'],
  [402, 'insufficient_quota'],
  [403, 'permission_error'],
  [429, 'rate_limit_error'],
])

/** Codes whose status says that money is lacking, when another request is what is needed. */
const invalidRequests: ReadonlySet<string> = new Set(['model_unpriced'])

const typeOf = ({ status, code }: ErrorDetails, types: ReadonlyMap<number, string>, failure: string): string =>
  (invalidRequests.has(code) ? undefined : types.get(status)) ?? (status >= 500 ? failure : 'invalid_request_error')

/** Anthropic's error object. @see https://docs.anthropic.com/en/api/errors */
export const anthropicError = (details: ErrorDetails) => ({
  type: 'error',
  error: { type: typeOf(details, anthropicTypes, 'api_error'), message: details.message },
  request_id: details.requestId,
})

/** OpenAI's error object. @see https://platform.openai.com/docs/guides/error-codes */
export const openAiError = (details: ErrorDetails) => ({
  message: details.message,
  type: typeOf(details, openAiTypes, 'server_error'),
  param: null,
  code: details.code,
})

const geminiStatuses: ReadonlyMap<number, string> = new Map([
  [401, 'UNAUTHENTICATED'],
  [402, 'FAILED_PRECONDITION'],
  [403, 'PERMISSION_DENIED'],
  [404, 'NOT_FOUND'],
  [409, 'ABORTED'],
  [429, 'RESOURCE_EXHAUSTED'],
  [503, 'UNAVAILABLE'],
  [504, 'DEADLINE_EXCEEDED'],
])

/** Gemini's error object, with Vendo's code as its reason. @see https://google.aip.dev/193 */
export const geminiError = ({ status, code, message, requestId }: ErrorDetails) => ({
  code: status,
  message,
  status: geminiStatuses.get(status) ?? (status >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT'),
  details: [
    {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: code.toUpperCase(),
      domain: 'vendo',
      metadata: { request_id: requestId },
    },
  ],
})
