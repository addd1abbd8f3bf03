import type { Store } from '../../store.ts'
import { type Connections, openConnections } from '../connection.ts'
import { createPostgresStore } from '../postgres-store.ts'

/** Sees every statement that writes the ledger, before it is sent and after it was answered; may wait, may throw. */
export type Watch = (statement: string, phase: 'before' | 'after') => void | Promise<void>

const watched = (connections: Connections, watch: Watch): Connections => ({
  acquire: async () => {
    const connection = await connections.acquire()
    return {
      query: async (text, params) => {
        try {
          await watch(text, 'before')
          const outcome = await connection.query(text, params)
          await watch(text, 'after')
          return outcome
        } catch (error) {
          if (error instanceof LostHere) connection.release(true)
          throw error instanceof LostHere ? error.cause : error
        }
      },
      release: (broken) => connection.release(broken),
    }
  },
  close: () => connections.close(),
})

/** Thrown by a {@link Watch}: the connection is closed at this point, and the caller sees the cause. */
export class LostHere extends Error {}

/** Options of {@link openWatchedStore}. */
export interface WatchedStoreOptions {
  readonly url: string
  readonly watch: Watch
  readonly clock?: () => number
  readonly patienceMs?: number
}

/** A store like that of `openPostgresStore`, whose ledger is watched. */
export const openWatchedStore = ({ url, watch, clock, patienceMs = 10_000 }: WatchedStoreOptions): Promise<Store> =>
  createPostgresStore({
    ledger: watched(
      openConnections({ url, size: 1, connectMs: 5_000, statementMs: patienceMs, abandonedMs: 2_000 }),
      watch,
    ),
    general: openConnections({ url, size: 4, connectMs: 5_000, abandonedMs: 20_000 }),
    clock,
    patienceMs,
  })
