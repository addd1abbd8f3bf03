/** What a benchmark asks of every variant. */
export interface Ask {
  /** Names the mock's behaviour, such as `mock-paced-5`. */
  readonly model: string
  readonly stream: boolean
  /** Of the request body, about. Default 1,000. */
  readonly bytes?: number
}

/** One way from the load generator to the mock. */
export interface Variant {
  readonly name: 'direct' | 'nginx' | 'broker' | 'traced' | 'portkey'
  readonly port: number
  /** The root of its processes; absent for the direct way, which has none. */
  readonly processId?: number
  requestFor(ask: Ask): Buffer
  stop(): Promise<void>
}

/** The headers of the credential that a client of the provider itself would send. */
export const providerCredential = { 'x-api-key': 'bench-upstream-key' } as const
export const defaultBytes = 1_000
