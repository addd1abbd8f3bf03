import { storeSuite } from '@vendo/testkit/store-suite'
import { describe } from 'vitest'
import { openPostgresStore } from './open-postgres-store.ts'
import { createDatabase, serverUrl } from './test/fresh-database.ts'

describe.skipIf(serverUrl === undefined)('on Postgres', () => {
  storeSuite('postgres', async ({ clock }) =>
    openPostgresStore({ url: await createDatabase(), clock, patienceMs: 10_000 }),
  )
})
