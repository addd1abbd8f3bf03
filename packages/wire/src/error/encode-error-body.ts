import type { ErrorShape } from '@vendo/contract'
import { anthropicError, type ErrorDetails, geminiError, openAiError } from './error-details.ts'

const shapes: { readonly [Shape in ErrorShape]: (details: ErrorDetails) => object } = {
  anthropic: anthropicError,
  openai: (details) => ({ error: openAiError(details) }),
  openrouter: ({ status, code, message, requestId }) => ({
    error: { code: status, message, metadata: { error_code: code, request_id: requestId } },
  }),
  gemini: (details) => ({ error: geminiError(details) }),
}

/** The JSON body in which the official SDKs of a provider find an error's type and message. */
export const encodeErrorBody = (shape: ErrorShape, details: ErrorDetails): string =>
  JSON.stringify(shapes[shape](details))
