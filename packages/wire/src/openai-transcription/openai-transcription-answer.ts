import type { AnswerFormat } from '../reader/answer-format.ts'
import { absorbMembers, isRawObject, withFlag } from '../reader/answer-state.ts'
import { readTranscriptionUsage } from './read-transcription-usage.ts'

/**
 * OpenAI transcriptions and translations: one JSON body, or a stream that ends with `transcript.text.done` and its usage. A
 * `verbose_json` without usage (a translation) tells the length of the sound instead. Other bodies tell neither.
 *
 * @see https://developers.openai.com/api/reference/resources/audio/subresources/transcriptions/methods/create
 */
export const openAiTranscriptionAnswer: AnswerFormat = {
  visibleKeys: { delta: 1, text: 1 },
  blockStarts: new Set(),

  readBody(state, body) {
    const read = absorbMembers(state, body)
    const duration = body.get('duration')
    if (read.usage === undefined && typeof duration === 'number') read.usage = { type: 'duration', seconds: duration }
    if (isRawObject(body.get('error'))) read.failed = true
    read.complete = true
    return read
  },

  readEvent(state, scan) {
    const ends = scan.type === 'transcript.text.done'
    if (!ends && !scan.hasUsage && !scan.hasError && scan.type !== 'error') return state
    const event = scan.members()
    if (event === undefined) return withFlag(state, 'unreadable_event')
    if (scan.type === 'error') return { ...state, failed: true }
    const read = absorbMembers(state, event)
    if (isRawObject(event.get('error'))) read.failed = true
    if (ends) read.complete = true
    return read
  },

  interpret: readTranscriptionUsage,
}
