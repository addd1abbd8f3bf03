import type { Meter } from '@vendo/contract'
import type { JsonMembers } from '../bytes/json-members.ts'
import type { AnswerFormat } from '../reader/answer-format.ts'
import { type AnswerState, absorbMembers, isRawObject, withFlag } from '../reader/answer-state.ts'
import { readAnthropicUsage } from './read-anthropic-usage.ts'

/**
 * Anthropic Messages. A stream begins with `message_start`, which carries the model and the input; `message_delta` brings the
 * final counts, in some recordings only the output.
 */
export const anthropicAnswer: AnswerFormat = {
  visibleKeys: { text: 2, thinking: 2, partial_json: 2, content: 2, data: 2, name: 2 },
  blockStarts: new Set(['content_block_start']),

  readBody(state, body) {
    const read = absorbMembers(state, body)
    read.complete = true
    // Blocks hold the text, so they are parsed only where they may hold something else too.
    if (body.mayHold('content', codeMarks)) read.toolUses = codeRuns(body.get('content'))
    if (body.is('stop_reason', 'refusal') && tellsNoOutput(body)) read.unbilled = true
    if (body.is('type', 'error')) read.failed = true
    return read
  },

  readEvent(state, scan) {
    if (scan.type === 'message_stop') return { ...state, complete: true }
    const starts = scan.type === 'content_block_start'
    if (!scan.hasUsage && !scan.hasError && !starts && scan.type !== 'message_start') return state
    const event = scan.members()
    if (event === undefined) return withFlag(state, 'unreadable_event')
    if (scan.type === 'error' || event.object('error') !== undefined) return { ...state, failed: true }
    if (starts) return absorbBlock(state, event)
    const message = event.object('message')
    const read = absorbMembers(state, message ?? event)
    if (message !== undefined) return { ...read, outputOfStart: true }
    if (outputOf(event) != null) read.outputOfStart = false
    // Nothing but `message_stop` follows the delta that tells why the model stopped.
    const stopReason = scan.hasUsage ? event.object('delta')?.text('stop_reason') : undefined
    if (stopReason === undefined) return read
    if (stopReason !== 'refusal' || !tellsNoOutput(event)) return { ...read, usageFinal: true }
    // The count of output at the start was a placeholder, so that this zero takes nothing back.
    return { ...read, usageFinal: true, unbilled: true, flags: state.flags }
  },

  interpret: readAnthropicUsage,
}

const outputOf = (members: JsonMembers): unknown => {
  const usage = members.get('usage')
  return isRawObject(usage) ? usage['output_tokens'] : undefined
}

const tellsNoOutput = (members: JsonMembers): boolean => outputOf(members) === 0

/** Runs of code, which have a fee and no count in the usage. */
const codeTool = /^(code_execution|bash_code_execution|text_editor_code_execution)$/

const runsCode = (type: unknown, name: unknown): boolean =>
  type === 'server_tool_use' && typeof name === 'string' && codeTool.test(name)

/** What a `server_tool_use` cannot be written without: short, and with a rare letter first, so that the search is fast. */
const codeMarks = ['_tool']

const codeRuns = (content: unknown): ReadonlyMap<string, Meter> => {
  const uses = new Map<string, Meter>()
  for (const [index, block] of (Array.isArray(content) ? content : []).entries()) {
    if (isRawObject(block) && runsCode(block['type'], block['name'])) uses.set(`#${index}`, 'code_execution')
  }
  return uses
}

/** Blocks in which the provider runs a tool; their results are blocks of their own. */
const serverUse = /^(server|mcp)_tool_use$/

const absorbBlock = (state: AnswerState, event: JsonMembers): AnswerState => {
  const block = event.object('content_block')
  if (block?.text('type') === 'fallback') {
    const model = block.object('to')?.text('model')
    return model === undefined ? state : { ...state, model }
  }
  if (block === undefined || !serverUse.test(block.text('type') ?? '')) return state
  const serverUses = new Set([...(state.serverUses ?? []), `#${event.literal('index')}`])
  if (!runsCode(block.text('type'), block.text('name'))) return { ...state, serverUses }
  return {
    ...state,
    serverUses,
    toolUses: new Map([...state.toolUses, [`#${event.literal('index')}`, 'code_execution']]),
  }
}
