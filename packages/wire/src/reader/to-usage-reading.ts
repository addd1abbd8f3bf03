import type { Mutable } from '../mutable.ts'
import type { UsageReading } from '../usage-reading.ts'
import type { AnswerFormat } from './answer-format.ts'
import type { AnswerState } from './answer-state.ts'

/** Puts together what is known of an answer. `flags` come on top of those of the state. */
export const toUsageReading = (
  format: AnswerFormat,
  state: AnswerState,
  seen: { readonly visibleOutputBytes: number; readonly flags: readonly string[] },
): UsageReading => {
  const understood = format.interpret(state)
  const reading: Mutable<UsageReading> = {
    ...understood,
    complete: state.complete,
    final: understood.usage !== undefined && !state.pending && (state.complete || state.usageFinal === true),
    pending: state.pending,
    failed: state.failed,
    flags: distinct(state.flags, understood.flags, seen.flags),
    visibleOutputBytes: seen.visibleOutputBytes,
  }
  const toolUses = Math.max(state.serverUses?.size ?? 0, state.toolUses.size)
  if (toolUses > 0) reading.toolUses = toolUses
  if (state.responseId !== undefined) reading.responseId = state.responseId
  if (state.upstreamCostUsd !== undefined) reading.upstreamCostUsd = state.upstreamCostUsd
  return reading
}

const distinct = (...lists: readonly (readonly string[])[]): readonly string[] => {
  const flags: string[] = []
  for (const list of lists) for (const flag of list) if (!flags.includes(flag)) flags.push(flag)
  return flags
}
