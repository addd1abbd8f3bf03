import { rmSync } from 'node:fs'
import { historyRules, type StorePlace } from '@vendo/testkit/store-suite'
import { afterAll, describe } from 'vitest'
import { ConnectionLost } from './postgres/postgres-error.ts'
import { createDatabase, createTemplate, serverUrl } from './postgres/test/fresh-database.ts'
import { LostHere, openWatchedStore, type Watch } from './postgres/test/watched-store.ts'
import { openSqliteStore } from './sqlite/open-sqlite-store.ts'
import { temporaryStorePath } from './sqlite/test/temporary-store.ts'

const { folder, path } = temporaryStorePath()
afterAll(() => rmSync(folder, { recursive: true }))

let places = 0
const sqlitePlace = async (): Promise<StorePlace> => {
  const file = `${path}-${++places}`
  return {
    open: ({ clock }) => openSqliteStore({ path: file, worker: false, lock: false, clock }),
    // A store in this process cannot be killed; `sqlite-crash.test.ts` kills one in another process.
    crash: async () => undefined,
  }
}

let template: string | undefined
const postgresPlace = async (): Promise<StorePlace> => {
  template ??= await createTemplate()
  const url = await createDatabase(template)
  let cut = false
  let commits = 0
  const watch: Watch = (text, phase) => {
    if (cut && text === 'COMMIT' && phase === (++commits % 3 === 0 ? 'after' : 'before')) {
      throw new LostHere('', { cause: new ConnectionLost('the process ended') })
    }
  }
  return {
    open: ({ clock }) => {
      cut = false
      return openWatchedStore({ url, clock, watch })
    },
    // From here on no commit is answered; some of them are made all the same.
    crash: async () => {
      cut = true
    },
  }
}

describe('random histories', () => {
  historyRules('sqlite', { place: sqlitePlace, runs: 100 })
  describe.skipIf(serverUrl === undefined)('on Postgres', () => {
    historyRules('postgres', { place: postgresPlace, runs: 50 })
  })
})
