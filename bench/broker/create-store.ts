import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openPostgresStore, openSqliteStore } from '@vendo/broker'
import type { BrokerSetup } from './messages.ts'
import { type SeededStore, seedStore } from './seed-store.ts'

/** A store on disk that a broker can be started on. */
export interface CreatedStore extends SeededStore {
  readonly store: BrokerSetup['store']
}

let created = 0

/** Makes a SQLite store with keys in a folder of its own, and closes it. */
export const createSqliteStore = async (folder: string, keyCount = 1): Promise<CreatedStore> => {
  const own = join(folder, `store-${++created}`)
  mkdirSync(own)
  const sqlite = join(own, 'ledger.sqlite')
  const store = await openSqliteStore({ path: sqlite })
  const seeded = await seedStore(store, keyCount)
  await store.close()
  return { ...seeded, store: { sqlite } }
}

/** Fills an empty Postgres database the same way. */
export const createPostgresStore = async (url: string): Promise<CreatedStore> => {
  const store = await openPostgresStore({ url })
  const seeded = await seedStore(store)
  await store.close()
  return { ...seeded, store: { postgres: url } }
}
