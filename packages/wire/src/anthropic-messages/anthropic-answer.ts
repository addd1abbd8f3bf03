import { parseMembers } from '../bytes/json-members.ts'
import type { AnswerFormat } from '../reader/answer-format.ts'
import { absorbMembers, withFlag } from '../reader/answer-state.ts'
import { readAnthropicUsage } from './read-anthropic-usage.ts'

/**
 * Anthropic Messages. A stream begins with `message_start`, which carries the model and the input; `message_delta` brings the
 * final counts, in some recordings only the output.
 */
export const anthropicAnswer: AnswerFormat = {
  visibleKeys: { text: 2, thinking: 2, partial_json: 2, content: 2, data: 2, name: 2 },
  blockStarts: new Set(['content_block_start']),

  readBody(state, body) {
    const read = { ...absorbMembers(state, body), complete: true }
    return body.text('type') === 'error' ? { ...read, failed: true } : read
  },

  readEvent(state, data, scan) {
    if (scan.type === 'message_stop') return { ...state, complete: true }
    if (!scan.hasUsage && !scan.hasError && scan.type !== 'message_start') return state
    const event = parseMembers(data)
    if (event === undefined) return withFlag(state, 'unreadable_event')
    if (scan.type === 'error' || event.object('error') !== undefined) return { ...state, failed: true }
    const read = absorbMembers(state, event.object('message') ?? event)
    // Nothing but `message_stop` follows the delta that tells why the model stopped.
    const stops = scan.hasUsage && event.object('delta')?.text('stop_reason') !== undefined
    return stops ? { ...read, usageFinal: true } : read
  },

  interpret: readAnthropicUsage,
}
