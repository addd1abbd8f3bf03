import type { StoreCommand } from '../commands.ts'
import type { Order, OrderOutcome } from '../management-records.ts'
import type { EpochMs } from '../records.ts'
import type { SqlRow } from '../sql.ts'
import type { Store } from '../store.ts'
import { storeErrorData, storeErrorOf, storeUnavailable } from '../store-error.ts'
import type { Connections } from './connection.ts'
import { createDirectoryWrites } from './directory-writes.ts'
import { createPostgresLedger, type LedgerWrites } from './ledger.ts'
import { prepareSchema } from './prepare-schema.ts'
import { createCommandRunner, replyOf } from './run-command.ts'
import { orphanPage, settleExpired } from './settle-expired.ts'
import { readClock } from './store-clock.ts'
import { transact } from './transact.ts'

/** Options of {@link createPostgresStore}. */
export interface PostgresStoreParts {
  /** For writes to the ledger alone, so that no report ever makes a call wait. */
  readonly ledger: Connections
  readonly general: Connections
  readonly clock: (() => EpochMs) | undefined
  readonly patienceMs: number
  /** Says more of a failure to start; undefined where it knows nothing better. */
  readonly explain?: (error: unknown) => Error | undefined
}

type Own = keyof LedgerWrites | 'settleOrphans'

/**
 * How each other method is run: `lookup` is one statement that does not depend on the time, `read` is several at one
 * instant, and `report` as well but takes as long as it takes.
 */
const kinds = {
  createTenant: 'directory',
  listTenants: 'lookup',
  createApp: 'directory',
  getApp: 'lookup',
  listApps: 'lookup',
  createConnection: 'directory',
  getConnection: 'lookup',
  listConnections: 'lookup',
  setConnectionStatus: 'directory',
  createBinding: 'directory',
  deleteBinding: 'directory',
  listBoundConnections: 'lookup',
  listBindings: 'lookup',
  createKey: 'directory',
  findKeyByHash: 'lookup',
  getKey: 'lookup',
  listKeys: 'lookup',
  revokeKey: 'directory',
  sharedLimits: 'read',
  scopeLimits: 'read',
  addMargins: 'directory',
  setTransparent: 'directory',
  tellOnce: 'directory',
  vaultCanary: 'lookup',
  keepVaultCanary: 'directory',
  replaceVaultCanary: 'directory',
  listMargins: 'lookup',
  addRateOverrides: 'directory',
  listRateOverrides: 'lookup',
  findAnswer: 'lookup',
  balance: 'lookup',
  findPendingResponse: 'lookup',
  ownsResponse: 'lookup',
  keySpend: 'read',
  getCall: 'lookup',
  listCalls: 'report',
  summarizeUsage: 'report',
  verify: 'report',
  ping: 'write',
  probeWrite: 'write',
} as const satisfies Record<Exclude<StoreCommand, Own>, 'directory' | 'lookup' | 'read' | 'report' | 'write'>

// A directory write can be a list of rates.
const directoryPatience = 10

/**
 * A store over Postgres connections, its schema brought up to date. Closes the connections when that fails.
 *
 * @throws {VendoError} `store_unavailable`
 */
export const createPostgresStore = async ({
  ledger: ledgerConnections,
  general,
  clock,
  patienceMs,
  explain,
}: PostgresStoreParts): Promise<Store> => {
  const closeConnections = async (): Promise<void> => {
    await Promise.all([ledgerConnections.close(), general.close()])
  }
  await prepareSchema(general).catch(async (error: unknown) => {
    await closeConnections()
    throw explain?.(error) ?? storeErrorOf(storeErrorData(error))
  })
  const runCommand = createCommandRunner(general, clock)
  const ledger = createPostgresLedger({ connections: ledgerConnections, clock, patienceMs })
  const directory = createDirectoryWrites(runCommand, patienceMs * directoryPatience)
  const running = new Set<Promise<unknown>>()
  let closed: Promise<void> | undefined

  const track = async (work: () => Promise<unknown>): Promise<unknown> => {
    if (closed !== undefined) throw storeUnavailable('The store is closed.')
    const ending = replyOf(work())
    running.add(ending)
    const reply = await ending
    running.delete(ending)
    if (reply.ok) return reply.value
    throw storeErrorOf(reply.error)
  }
  const begin = { lookup: null, read: snapshot, report: snapshot, write: 'BEGIN' } as const
  const methods = Object.entries(kinds).map(([name, kind]) => [
    name,
    (...parameters: readonly unknown[]) => {
      const job = { name: name as StoreCommand, parameters }
      if (kind === 'directory') return directory.ask(job)
      return track(() => runCommand(job, { begin: begin[kind], patienceMs, unhurried: kind === 'report' }))
    },
  ])
  const readPage = (before: EpochMs | null): Promise<readonly SqlRow[]> =>
    transact({ connections: general, begin: snapshot, patienceMs }, async (connection) => {
      const { rows } =
        before === null ? await connection.query(orphanPage.all) : await connection.query(orphanPage.expired, [before])
      return rows
    })
  /** The caller's clock may have jumped ahead, and then the holds of other brokers would look expired. */
  const byStoreClock = async (before: EpochMs | null): Promise<EpochMs | null> => {
    if (before === null || clock !== undefined) return before
    const now = await transact({ connections: general, begin: null, patienceMs }, (connection) =>
      readClock(connection, undefined),
    )
    return Math.min(before, now)
  }
  const close = (): Promise<void> => {
    closed ??= (async () => {
      await Promise.all([ledger.close(), directory.close(), ...running])
      await closeConnections()
    })()
    return closed
  }
  const { close: _, settleExpired: __, ...writes } = ledger
  return {
    // The table of kinds has exactly the methods that are left, which the compiler checks where it is written.
    ...(Object.fromEntries(methods) as Omit<Store, Own | 'close' | 'exclusive'>),
    ...writes,
    carryOut: (order) =>
      movesMoney(order)
        ? ledger.carryOut(order)
        : (directory.ask({ name: 'carryOut', parameters: [order] }) as Promise<OrderOutcome>),
    settleOrphans: (before) =>
      track(async () => settleExpired(await byStoreClock(before), readPage, ledger)) as Promise<number>,
    exclusive: false,
    close,
  }
}

/** Whatever changes an account goes through the ledger's lane; the rest is rare, and the order of some of it counts. */
const movesMoney = ({ effects }: Order): boolean => effects.some(({ name }) => name === 'topUp' || name === 'refund')

const snapshot = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'
