import type { UsageReading } from '../usage-reading.ts'
import type { AnswerFormat } from './answer-format.ts'
import type { AnswerState } from './answer-state.ts'

/** Puts together what is known of an answer. `flags` come on top of those of the state. */
export const toUsageReading = (
  format: AnswerFormat,
  state: AnswerState,
  seen: { readonly visibleOutputBytes: number; readonly flags: readonly string[] },
): UsageReading => {
  const { flags, ...understood } = format.interpret(state)
  return {
    ...understood,
    ...(state.responseId === undefined ? {} : { responseId: state.responseId }),
    ...(state.upstreamCostUsd === undefined ? {} : { upstreamCostUsd: state.upstreamCostUsd }),
    complete: state.complete,
    final: understood.usage !== undefined && !state.pending && (state.complete || state.usageFinal === true),
    pending: state.pending,
    failed: state.failed,
    flags: [...new Set([...state.flags, ...flags, ...seen.flags])],
    visibleOutputBytes: seen.visibleOutputBytes,
  }
}
