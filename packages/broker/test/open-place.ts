import { openPostgresStore, openSqliteStore, type Store } from '../src/index.ts'

/** Opens the store that a text names: a `postgres://` address, or else the path of a SQLite file. */
export const openPlace = (place: string): Promise<Store> =>
  place.startsWith('postgres://') ? openPostgresStore({ url: place }) : openSqliteStore({ path: place })
