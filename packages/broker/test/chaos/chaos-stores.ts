import { join } from 'node:path'
import { createDatabase, serverUrl } from '../../src/store/postgres/test/fresh-database.ts'
import { openPlace } from '../open-place.ts'

/** One database to be tried, whatever it is. */
export interface ChaosStore {
  readonly name: string
  /** Names a fresh, empty store for a folder. */
  readonly place: (folder: string) => Promise<string>
}

const sqlite: ChaosStore = {
  name: 'sqlite',
  place: async (folder) => join(folder, 'ledger.sqlite'),
}
const postgres: ChaosStore = { name: 'postgres', place: () => createDatabase() }

/** Every database that is here: Postgres where it is installed. */
export const chaosStores: readonly ChaosStore[] = serverUrl === undefined ? [sqlite] : [sqlite, postgres]

/** For the harness: a fresh store of this kind. */
export const opening = (store: ChaosStore) => async (folder: string) => openPlace(await store.place(folder))
