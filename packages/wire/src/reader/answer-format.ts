import type { Meter, Quantities, Served, Usage } from '@vendo/contract'
import type { JsonMembers } from '../bytes/json-members.ts'
import type { Mutable } from '../mutable.ts'
import type { EventScan, ScanKeys } from '../sse/event-scan.ts'
import type { ExtraUsage, ReportedCacheWrites, UsageSide } from '../usage-reading.ts'
import type { AnswerState } from './answer-state.ts'

/** How one wire format tells what an answer consumed. */
export interface AnswerFormat extends ScanKeys {
  /** Types of events that open a block, around which the model spends tokens that no text shows. */
  readonly blockStarts: ReadonlySet<string>
  /** Reads a whole JSON body. */
  readBody(state: AnswerState, body: JsonMembers): AnswerState
  /** Reads the whole elements of a JSON array, for a format whose streams may come as one. */
  readBodyParts?(state: AnswerState, parts: readonly JsonMembers[]): AnswerState
  /** Reads one event of a stream. Returns the very same state for an ordinary delta, without parsing it. */
  readEvent(state: AnswerState, event: EventScan): AnswerState
  /** Turns the provider's usage object into disjoint quantities. */
  interpret(state: AnswerState): Interpretation
}

/** A provider's usage object, understood. */
export interface Interpretation {
  readonly usage?: Usage
  readonly served: Served
  readonly extraUsage?: readonly ExtraUsage[]
  readonly reported?: ReportedCacheWrites
  readonly countsReasoning?: boolean
  readonly untold?: readonly UsageSide[]
  readonly flags: readonly string[]
}

/** Adds a count to quantities, unless it is unknown. */
export const addKnown = (quantities: Mutable<Quantities>, meter: Meter, count: number | undefined): void => {
  if (count !== undefined) quantities[meter] = count
}
