import { openBench, tellStory } from '@vendo/testkit/store-suite'
import { describe, expect, it } from 'vitest'
import { createGroupCommitStore } from './group-commit-store.ts'
import { ConnectionLost } from './postgres/postgres-error.ts'
import { createDatabase, createTemplate, serverUrl } from './postgres/test/fresh-database.ts'
import { LostHere, openWatchedStore } from './postgres/test/watched-store.ts'
import { openSqliteSession } from './sqlite/sqlite-session.ts'
import type { Store } from './store.ts'

/** Counts the points where a store can fail, and fails at one of them. */
interface Fault {
  /** Called at each point; throws when it is the one. */
  pass(): void
  readonly points: number
}

const createFault = (failAt: number, error: () => Error): Fault & { arm(): void } => {
  let armed = false
  let points = 0
  return {
    arm: () => {
      armed = true
    },
    pass: () => {
      if (armed && ++points === failAt) throw error()
    },
    get points() {
      return points
    },
  }
}

type OpenFaulty = (fault: Fault, clock: () => number) => Promise<Store>

/** Runs the story once; resolves to the number of points it passed. */
const tell = async (open: OpenFaulty, failAt: number, error: () => Error): Promise<number> => {
  const fault = createFault(failAt, error)
  const bench = await openBench(({ clock }) => open(fault, clock))
  try {
    fault.arm()
    await tellStory(bench).catch((cause: unknown) => {
      throw new Error(`with a fault at point ${failAt}`, { cause })
    })
    return fault.points
  } finally {
    await bench.store.close()
  }
}

const failEverywhere = async (name: string, open: OpenFaulty, error: () => Error): Promise<void> => {
  const points = await tell(open, 0, error)
  expect(points).toBeGreaterThan(50)
  for (let failAt = 1; failAt <= points; failAt++) await tell(open, failAt, error)
  process.stdout.write(
    `ledger: ${name}: ${points} faults, one story each: every call ended once, every account is the sum of its rows\n`,
  )
}

const openSqlite: OpenFaulty = async (fault, clock) => {
  const session = await openSqliteSession({ path: ':memory:', lock: false }, () => fault.pass())
  return createGroupCommitStore({
    commit: (jobs) => session.commit(jobs, clock),
    close: async () => session.close(),
  })
}

let template: string | undefined
const openPostgres: OpenFaulty = async (fault, clock) => {
  template ??= await createTemplate()
  return openWatchedStore({ url: await createDatabase(template), clock, watch: () => fault.pass() })
}

describe('a fault before and after each statement, one at a time', () => {
  it('on SQLite: the disk fails', async () => {
    await failEverywhere('sqlite, disk', openSqlite, () => new Error('disk I/O error'))
  }, 120_000)

  it.skipIf(serverUrl === undefined)(
    'on Postgres: the connection is cut',
    async () => {
      await failEverywhere(
        'postgres, connection',
        openPostgres,
        () => new LostHere('', { cause: new ConnectionLost('cut') }),
      )
    },
    300_000,
  )

  it.skipIf(serverUrl === undefined)(
    'on Postgres: the server refuses',
    async () => {
      const refusal = () => Object.assign(new Error('out of shared memory'), { code: '53200' })
      await failEverywhere('postgres, server', openPostgres, refusal)
    },
    300_000,
  )
})
