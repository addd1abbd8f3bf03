import { storeSuite } from '@vendo/testkit/store-suite'
import { openSqliteStore } from './open-sqlite-store.ts'

storeSuite('sqlite', ({ clock }) => openSqliteStore({ path: ':memory:', worker: false, clock }))
