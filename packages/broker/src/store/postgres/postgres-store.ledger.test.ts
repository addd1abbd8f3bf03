import { storeSuite } from '@vendo/testkit/store-suite'
import { describe } from 'vitest'
import { openPostgresStore } from './open-postgres-store.ts'
import { createDatabase, createTemplate, serverUrl } from './test/fresh-database.ts'

describe.skipIf(serverUrl === undefined)('on Postgres', () => {
  let template: string | undefined
  storeSuite('postgres', async ({ clock }) => {
    template ??= await createTemplate()
    return openPostgresStore({ url: await createDatabase(template), clock, patienceMs: 10_000 })
  })
})
