import { join } from 'node:path'
import { createDatabase, createTemplate, serverUrl } from '../../src/store/postgres/test/fresh-database.ts'
import { openPlace } from '../open-place.ts'

/** One database to be tried, whatever it is. */
export interface ChaosStore {
  readonly name: string
  /** Names a fresh store with nothing in it, for a folder. */
  readonly place: (folder: string) => Promise<string>
}

const sqlite: ChaosStore = {
  name: 'sqlite',
  place: async (folder) => join(folder, 'ledger.sqlite'),
}
let template: Promise<string> | undefined
const postgres: ChaosStore = {
  name: 'postgres',
  place: async () => {
    template ??= createTemplate()
    return createDatabase(await template)
  },
}

/** Every database that is here: Postgres where it is installed. */
export const chaosStores: readonly ChaosStore[] = serverUrl === undefined ? [sqlite] : [sqlite, postgres]

/** For the harness: a fresh store of this kind. */
export const opening = (store: ChaosStore) => async (folder: string) => openPlace(await store.place(folder))
