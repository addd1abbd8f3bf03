import type { Meter } from '@vendo/contract'
import { encodeText } from '../bytes/ascii.ts'
import type { JsonMembers } from '../bytes/json-members.ts'
import type { Mutable } from '../mutable.ts'
import { readOpenAiUsage } from '../openai/read-openai-usage.ts'
import type { AnswerFormat } from '../reader/answer-format.ts'
import { type AnswerState, absorbMembers, isRawObject, withFlag } from '../reader/answer-state.ts'

const done = encodeText('[DONE]')

/**
 * OpenAI chat completions, also as OpenRouter and others speak it. Usage comes in one last chunk, if it was asked for; a
 * chunk may lack `choices`, and an error may come as a chunk of a stream that began with status 200.
 */
export const openAiChatAnswer: AnswerFormat = {
  visibleKeys: {
    content: 4,
    refusal: 4,
    reasoning: 4,
    reasoning_content: 4,
    transcript: 5,
    data: 6,
    text: 6,
    summary: 6,
    url: 7,
    name: 7,
    arguments: 7,
    input: 7,
  },
  blockStarts: new Set(),

  readBody(state, body) {
    // Choices hold the text, so they are parsed only where they may hold something else too.
    const read = body.mayHold('choices', choiceMarks) ? absorbChat(state, body) : absorbMembers(state, body)
    if (isError(body.get('error'))) read.failed = true
    read.complete = true
    return read
  },

  readEvent(state, scan) {
    if (scan.is(done)) return { ...state, complete: true }
    const ordinary = !scan.hasUsage && !scan.hasError && (!scan.hasCitations || state.toolUses.size > 0)
    if (ordinary && state.model !== undefined) return state
    const chunk = scan.members()
    return chunk === undefined ? withFlag(state, 'unreadable_event') : absorbChat(state, chunk)
  },

  interpret: readOpenAiUsage,
}

const absorbChat = (state: AnswerState, members: JsonMembers): Mutable<AnswerState> => {
  const read = absorbMembers(state, members)
  const choices = members.get('choices')
  const list = Array.isArray(choices) ? choices.filter(isRawObject) : []
  if (isError(members.get('error')) || list.some((choice) => isError(choice['error']))) read.failed = true
  // Servers that report usage all along do so beside choices; the whole answer's comes alone, or with its cost.
  if ((list.length === 0 || read.costUsd !== undefined) && isRawObject(members.get('usage'))) read.usageFinal = true
  if (list.some((choice) => citesWeb(choice['message']) || citesWeb(choice['delta']))) read.toolUses = webSearch
  return read
}

/** What an `error` or a `url_citation` cannot be written without: short, and with a rare letter first, so that the search is fast. */
const choiceMarks = ['"err', '_cita']

const webSearch: ReadonlyMap<string, Meter> = new Map([['citations', 'web_search']])

const isError = (value: unknown): boolean => isRawObject(value) || (typeof value === 'string' && value !== '')

/** A search model tells of its search, which has a fee, only by the pages that it cites. */
const citesWeb = (message: unknown): boolean => {
  const annotations = isRawObject(message) ? message['annotations'] : undefined
  return (
    Array.isArray(annotations) && annotations.some((entry) => isRawObject(entry) && entry['type'] === 'url_citation')
  )
}
