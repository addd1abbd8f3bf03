import type { Meter } from '@vendo/contract'
import type { JsonMembers } from '../bytes/json-members.ts'
import type { Mutable } from '../mutable.ts'
import { readOpenAiUsage } from '../openai/read-openai-usage.ts'
import type { AnswerFormat } from '../reader/answer-format.ts'
import { type AnswerState, absorbMembers, isRawObject, type RawObject, withFlag } from '../reader/answer-state.ts'

const terminal: ReadonlySet<string | undefined> = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
  'response.cancelled',
])

const itemEvents: ReadonlySet<string | undefined> = new Set(['response.output_item.added', 'response.output_item.done'])

const isWorking = (response: JsonMembers): boolean =>
  response.is('status', 'queued') || response.is('status', 'in_progress')

/**
 * OpenAI Responses. The terminal event carries the whole response with its usage; no `[DONE]` follows. Server tools are
 * counted from the output items, as the usage does not name them.
 */
export const openAiResponsesAnswer: AnswerFormat = {
  visibleKeys: { delta: 1, partial_image_b64: 1, encrypted_content: 2 },
  blockStarts: new Set(['response.output_item.added', 'response.output_item.done']),

  readBody(state, body) {
    const read = absorbResponse(state, body)
    read.complete = true
    read.pending = isWorking(body)
    return read
  },

  readEvent(state, scan) {
    const ends = terminal.has(scan.type)
    const interesting = ends || scan.hasUsage || scan.type === 'error' || itemEvents.has(scan.type)
    if (!interesting && state.model !== undefined) return state
    const event = scan.members()
    if (event === undefined) return withFlag(state, 'unreadable_event')
    if (scan.type === 'error' || (scan.type === undefined && event.object('error'))) return { ...state, failed: true }
    const response = event.object('response')
    if (response === undefined) return absorbItem(state, event)
    const read = absorbResponse(state, response)
    if (ends) read.complete = true
    read.pending = !ends && response.get('background') === true && isWorking(response)
    return read
  },

  interpret: readOpenAiUsage,
}

/** Every item that is counted is a call, by its type. */
const callMarks = ['_call"']

const absorbResponse = (state: AnswerState, response: JsonMembers): Mutable<AnswerState> => {
  const read = absorbMembers(state, response)
  if (response.mayHold('output', callMarks)) {
    const output = response.get('output')
    const uses = new Map(read.toolUses)
    for (const [index, item] of (Array.isArray(output) ? output : []).entries()) addToolUse(uses, item, index)
    read.toolUses = uses
  }
  if (response.is('status', 'failed') || isRawObject(response.get('error'))) read.failed = true
  return read
}

const absorbItem = (state: AnswerState, event: JsonMembers): AnswerState => {
  const item = event.get('item')
  const index = event.get('output_index')
  if (typeof index !== 'number') return state
  const serverUses = isRawObject(item) && isServerUse(item) ? withUse(state.serverUses, `#${index}`) : state.serverUses
  const used = serverUses === undefined ? state : { ...state, serverUses }
  // An item that has only begun may yet turn out to cost nothing.
  if (!event.is('type', 'response.output_item.done')) return used
  const uses = new Map(state.toolUses)
  addToolUse(uses, item, index)
  return { ...used, toolUses: uses }
}

/** Calls that the client runs, whose results come with its next request. */
const clientCall = /^(function|custom_tool|computer|local_shell|apply_patch|tool_search)_call$/

const isServerUse = ({ type, environment }: RawObject): boolean =>
  typeof type === 'string' &&
  type.endsWith('_call') &&
  !clientCall.test(type) &&
  !(isRawObject(environment) && environment['type'] === 'local')

const withUse = (uses: ReadonlySet<string> | undefined, place: string): ReadonlySet<string> =>
  new Set([...(uses ?? []), place])

/** An item is known by its place in the output: ids can differ between the item's own event and the last one. */
const addToolUse = (uses: Map<string, Meter>, item: unknown, index: number): void => {
  if (!isRawObject(item)) return
  const counted = typeof item['type'] === 'string' ? countedItems[item['type']] : undefined
  if (counted?.charged(item)) uses.set(counted.key?.(item) ?? `#${index}`, counted.meter)
}

interface CountedItem {
  readonly meter: Meter
  charged(item: RawObject): boolean
  /** What makes two items one use; absent = each is its own. */
  key?(item: RawObject): string | undefined
}

const always = () => true

const countedItems: Readonly<Record<string, CountedItem>> = Object.assign(Object.create(null), {
  // Opening a page and finding something in it belong to a search that was charged already.
  web_search_call: {
    meter: 'web_search',
    charged: ({ action }) => !isRawObject(action) || action['type'] === undefined || action['type'] === 'search',
  },
  file_search_call: { meter: 'file_search', charged: always },
  image_generation_call: { meter: 'image_generation', charged: always },
  // The fee is for the container, which several calls share.
  code_interpreter_call: {
    meter: 'code_execution',
    charged: always,
    key: ({ container_id: id }) => (typeof id === 'string' ? id : undefined),
  },
  // A shell of the client's own names its environment as local.
  shell_call: {
    meter: 'code_execution',
    charged: ({ environment }) => isRawObject(environment) && environment['type'] !== 'local',
    key: ({ environment }) =>
      isRawObject(environment) && typeof environment['container_id'] === 'string'
        ? environment['container_id']
        : undefined,
  },
} satisfies Record<string, CountedItem>)
