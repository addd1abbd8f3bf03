import type { Quantities, Served, Usage } from '@vendo/contract'

/** What a reader learned from one answer. Readers never throw: what they cannot read is absent or flagged. */
export interface UsageReading {
  /** Absent when the answer reported no usage at all. */
  readonly usage?: Usage
  /** What the call consumed beyond `usage`: to be priced and charged as well. Absent when there is nothing. */
  readonly extraUsage?: readonly ExtraUsage[]
  /** Figures as the provider wrote them, where the disjoint quantities do not show them any more. */
  readonly reported?: ReportedCacheWrites
  /** What comes on top of the reported cost: the provider's bill for a key that the operator gave to OpenRouter. Decimal USD. */
  readonly upstreamCostUsd?: string
  /**
   * Sides whose counts in `usage` are missing, no whole numbers or against the total: at most a lower bound, and nothing that
   * a call can be settled by. Absent where both are told.
   */
  readonly untold?: readonly UsageSide[]
  readonly served: Served
  /** The provider's id of the answer (`msg_…`, `resp_…`, `chatcmpl-…`). */
  readonly responseId?: string
  /** The answer reached its own end: `message_stop`, `[DONE]`, `response.completed`, or a whole JSON body. */
  readonly complete: boolean
  /** `usage` is that of the whole answer, even where a stream was cut between its usage and its own end. */
  readonly final: boolean
  /** The output in `usage` is a count of all output so far, reasoning included; absent where a stream's usage is that of its start. */
  readonly countsReasoning?: boolean
  /** The provider goes on working after this answer (OpenAI background): usage comes with a later poll. */
  readonly pending: boolean
  /** The provider reported an error inside a 200 answer. */
  readonly failed: boolean
  /** Findings that an operator should see, such as `split_mismatch` or `unknown_usage_key:foo_tokens`. */
  readonly flags: readonly string[]
  /**
   * Upper bound of visible output tokens so far: bytes of generated text, tool arguments included, and an allowance for the
   * frame of each block. 0 as long as no output was seen. For estimates after a cut; hidden reasoning is not in it.
   */
  readonly visibleOutputBytes: number
  /** Uses of server tools that the answer shows so far, each of which can make the model read again; absent when there is none. */
  readonly toolUses?: number
}

/** What goes in, uses of tools included, and what comes out. */
export type UsageSide = 'input' | 'output'

/** Tokens of a pass that the provider does not count in the answer's own usage. */
export interface ExtraUsage {
  /**
   * `compaction` ran on the served model, `advisor_message` on the model named here, and `declined_message` is what the model
   * named here wrote before it declined and another took over.
   */
  readonly kind: 'compaction' | 'advisor_message' | 'declined_message'
  /** The model whose rates apply; absent = the model that served the answer. */
  readonly model?: string
  readonly quantities: Quantities
}

/** Anthropic's cache-write figures: the total is authoritative, and the split by lifetime does not always add up to it. */
export interface ReportedCacheWrites {
  readonly cacheWriteTotal?: number
  readonly cacheWrite5m?: number
  readonly cacheWrite1h?: number
}

/** Watches the decoded bytes of one answer, however they are split. */
export interface UsageReader {
  /** The chunk may be kept until it was read, and must not be changed after. */
  push(chunk: Uint8Array): void
  /** What is known now; may be asked at any time, and again after more chunks. */
  read(): UsageReading
  /** Nothing of an unfinished event has been pushed: an event may be inserted here. */
  readonly atEventBoundary: boolean
}
