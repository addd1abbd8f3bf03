import type { WireFormatName } from '@vendo/contract'
import { encodeText } from '../bytes/ascii.ts'
import { anthropicError, type ErrorDetails, geminiError, openAiError } from './error-details.ts'

/** An error that ends a stream. */
export interface StreamErrorDetails extends ErrorDetails {
  /** OpenAI responses: the number after that of the last event, where it is known. Default 0. */
  readonly sequenceNumber?: number
}

const chatError = (details: ErrorDetails): string => `data: ${JSON.stringify({ error: openAiError(details) })}\n\n`

const encoders: { readonly [Name in WireFormatName]: (details: StreamErrorDetails) => string } = {
  'anthropic-messages': (details) => `event: error\ndata: ${JSON.stringify(anthropicError(details))}\n\n`,
  'openai-chat': chatError,
  'openai-embeddings': chatError,
  'openai-transcription': chatError,
  // The reference documents the flat members; what makes the official SDK throw is `error`.
  'openai-responses': (details) => {
    const { code, message, param, ...rest } = openAiError(details)
    const error = { ...rest, code, message, param }
    const event = { type: 'error', code, message, param, sequence_number: details.sequenceNumber ?? 0, error }
    return `event: error\ndata: ${JSON.stringify(event)}\n\n`
  },
  'gemini-generate': (details) => `data: ${JSON.stringify({ error: geminiError(details) })}\r\n\r\n`,
}

/**
 * The event after which the official SDKs throw, for a stream that cannot go on. To be written at an event boundary only,
 * and followed by an abnormal close: a clean end would look like a whole answer to some clients.
 */
export const encodeStreamError = (wireFormat: WireFormatName, details: StreamErrorDetails): Uint8Array =>
  encodeText(encoders[wireFormat](details))
