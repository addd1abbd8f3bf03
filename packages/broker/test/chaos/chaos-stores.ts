import { join } from 'node:path'
import { openPostgresStore, openSqliteStore, type Store } from '../../src/index.ts'
import { createDatabase, serverUrl } from '../../src/store/postgres/test/fresh-database.ts'

/** One database to be tried, whatever it is. */
export interface ChaosStore {
  readonly name: string
  /** Names a fresh, empty store for a folder. */
  readonly place: (folder: string) => Promise<string>
}

const sqlite: ChaosStore = {
  name: 'sqlite',
  place: async (folder) => `sqlite:${join(folder, 'ledger.sqlite')}`,
}
const postgres: ChaosStore = { name: 'postgres', place: createDatabase }

/** Every database that is here: Postgres where it is installed. */
export const chaosStores: readonly ChaosStore[] = serverUrl === undefined ? [sqlite] : [sqlite, postgres]

/** Opens what {@link ChaosStore.place} named. */
export const openPlace = (place: string): Promise<Store> =>
  place.startsWith('sqlite:')
    ? openSqliteStore({ path: place.slice('sqlite:'.length) })
    : openPostgresStore({ url: place })

/** For the harness: a fresh store of this kind. */
export const opening = (store: ChaosStore) => async (folder: string) => openPlace(await store.place(folder))
