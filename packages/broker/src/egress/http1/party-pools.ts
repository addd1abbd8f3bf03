import type { ConnectionTimeouts } from './connection.ts'
import { OriginPool, type SessionStore } from './origin-pool.ts'

/** What the pools of one origin are made from. */
export interface PartyPoolsInput {
  readonly origin: string
  readonly timeouts: ConnectionTimeouts
  /** How many of them are kept. */
  readonly maxParties: number
}

/** The connections to one origin, of each party its own; they share no more than what shortens a TLS handshake. */
export class PartyPools {
  readonly #input: PartyPoolsInput
  /** Whoever called last is last. */
  readonly #pools = new Map<string, OriginPool>()
  /** Pools that lost their place while calls were running on them. */
  readonly #retired = new Set<OriginPool>()
  readonly #sessions: SessionStore = { session: undefined }
  #last: { readonly party: string; readonly pool: OriginPool } | undefined
  #destroyed = false

  constructor(input: PartyPoolsInput) {
    this.#input = input
    // Made now, so that a wrong origin is refused at the start.
    this.#create()
  }

  /** How many pools are kept. */
  get size(): number {
    return this.#pools.size
  }

  /** The party's own pool. */
  of(party: string): OriginPool {
    if (this.#last?.party === party) return this.#last.pool
    const pool = this.#pools.get(party) ?? this.#create()
    this.#pools.delete(party)
    this.#pools.set(party, pool)
    this.#last = { party, pool }
    if (this.#pools.size > this.#input.maxParties) this.#retireEldest()
    return pool
  }

  /** Ends connections that have been idle for too long, and forgets the pools that have none left. To be called now and then. */
  dropExpired(): void {
    for (const [party, pool] of this.#pools) {
      pool.dropExpired()
      if (!pool.empty) continue
      this.#pools.delete(party)
      if (this.#last?.pool === pool) this.#last = undefined
    }
    for (const pool of this.#retired) if (pool.empty) this.#retired.delete(pool)
  }

  /** Ends every connection, and every exchange with it. */
  destroy(): void {
    this.#destroyed = true
    for (const pool of [...this.#pools.values(), ...this.#retired]) pool.destroy()
  }

  #create(): OriginPool {
    const { origin, timeouts } = this.#input
    const pool = new OriginPool(origin, timeouts, this.#sessions)
    if (this.#destroyed) pool.destroy()
    return pool
  }

  #retireEldest(): void {
    for (const [party, pool] of this.#pools) {
      this.#pools.delete(party)
      pool.retire()
      if (!pool.empty) this.#retired.add(pool)
      return
    }
  }
}
