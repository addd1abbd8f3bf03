/** How the broker under test is set up; the first argument of its process. */
export interface BrokerSetup {
  readonly store: { readonly sqlite: string } | { readonly postgres: string }
  readonly upstreamOrigin: string
  /** Measures every hold and settlement; off where CPU time counts. */
  readonly timings: boolean
  /** Makes a span for each call, as `--otel` does. */
  readonly traces?: boolean
}

/** What the bench asks the broker's process. */
export type Question = 'watch-loop' | 'read-loop' | 'reset-timings' | 'read-timings' | 'verify' | 'collect-garbage'

/** Latency of one kind of store call, in microseconds. */
export interface CommitTimes {
  readonly count: number
  readonly p50: number
  readonly p99: number
}

/** What it answers. */
export interface Answers {
  /** Forgets what was seen so far. */
  readonly 'watch-loop': null
  /** The longest time since then that the event loop did not turn, in milliseconds. */
  readonly 'read-loop': number
  readonly 'reset-timings': null
  readonly 'read-timings': { readonly hold: CommitTimes; readonly settle: CommitTimes } | null
  readonly verify: { readonly ok: boolean; readonly problems: readonly string[]; readonly rows: number }
  readonly 'collect-garbage': null
}
