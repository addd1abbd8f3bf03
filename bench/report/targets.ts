/** What the product promises about its own cost. */
export interface Target {
  readonly what: string
  readonly unit: string
  /** A ratio of two things measured in the same run, which other machines should find, too. */
  readonly relative: boolean
  readonly better: 'lower' | 'higher'
  /** The bound to keep, and the one to strive for. */
  readonly must: number
  readonly stretch?: number
}

const lower = { better: 'lower' } as const
const higher = { better: 'higher' } as const

/** Every promise, in the order of the table. */
export const targets = {
  'json-vs-nginx': { what: 'CPU per JSON request', unit: '× nginx', relative: true, ...lower, must: 5, stretch: 4 },
  'json-vs-portkey': { what: 'CPU per JSON request, Portkey’s', unit: '× ours', relative: true, ...higher, must: 7 },
  'traces-added': { what: 'CPU added by traces', unit: '%', relative: false, ...lower, must: 15 },
  'chunk-vs-nginx': {
    what: 'CPU per SSE chunk, 256 streams',
    unit: '× nginx',
    relative: true,
    ...lower,
    must: 2.3,
    stretch: 1.8,
  },
  'added-p50': {
    what: 'added latency at 200 req/s, p50',
    unit: 'ms',
    relative: false,
    ...lower,
    must: 0.8,
    stretch: 0.44,
  },
  'added-p99': { what: 'added latency at 200 req/s, p99', unit: 'ms', relative: false, ...lower, must: 4 },
  'first-byte-p50': {
    what: 'added time to first byte (SSE), p50',
    unit: 'ms',
    relative: false,
    ...lower,
    must: 0.8,
    stretch: 0.4,
  },
  'first-byte-p99': { what: 'added time to first byte (SSE), p99', unit: 'ms', relative: false, ...lower, must: 6 },
  throughput: {
    what: 'one process on one core, every call metered',
    unit: 'req/s',
    relative: false,
    ...higher,
    must: 7_500,
    stretch: 10_000,
  },
  'memory-streams': {
    what: 'memory at 256 streams under load',
    unit: 'MB',
    relative: false,
    ...lower,
    must: 260,
    stretch: 160,
  },
  'memory-soak': { what: 'growth of memory over a soak', unit: '%', relative: false, ...lower, must: 10 },
  'memory-upload': {
    what: 'memory added by a 1 GB chunked upload',
    unit: 'MB',
    relative: false,
    ...lower,
    must: 40,
  },
  'body-added': { what: 'added time of a 2 MB request body', unit: 'ms', relative: false, ...lower, must: 8 },
  'body-block': { what: 'event loop blocked by a 2 MB body', unit: 'ms', relative: false, ...lower, must: 2 },
  'cold-start': {
    what: 'cold start to ready, existing store',
    unit: 'ms',
    relative: false,
    ...lower,
    must: 500,
    stretch: 300,
  },
  'token-cached': { what: 'vendo.token(), cached', unit: 'µs', relative: false, ...lower, must: 2 },
  'token-env': { what: 'vendo.token(), from env', unit: 'µs', relative: false, ...lower, must: 20 },
} as const satisfies Readonly<Record<string, Target>>

/** Names a {@link Target}. */
export type TargetId = keyof typeof targets

/** All of them, in order. */
export const targetIds = Object.keys(targets) as readonly TargetId[]

/** The same table with the optional bound visible. */
export const targetOf = (id: TargetId): Target => targets[id]
