import pg from 'pg'
import type { SqlRow, SqlValue } from '../sql.ts'
import { passwordFromFile } from './password-file.ts'
import { ConnectionLost, sqlStateOf } from './postgres-error.ts'

/** What a statement gave. */
export interface Outcome {
  readonly rows: readonly SqlRow[]
  /** How many rows it changed. */
  readonly changed: number
}

/** A whole column of values, for statements that write many rows at once. */
export type Column = readonly SqlValue[]

/** One connection, lent for one transaction. */
export interface Connection {
  /** Runs one statement. A text with parameters is prepared once for each connection. */
  query(text: string, params?: readonly (SqlValue | Column)[]): Promise<Outcome>
  /** Gives the connection back, or, when it may be in any state, closes it. Only the first call counts. */
  release(broken: boolean): void
}

/** A bounded number of connections to one database. */
export interface Connections {
  acquire(): Promise<Connection>
  close(): Promise<void>
}

/** Options of {@link openConnections}. */
export interface ConnectionOptions {
  readonly url: string
  readonly size: number
  /** The most that connecting, or waiting for a free connection, may take. */
  readonly connectMs: number
  /** The most that one statement may take on the server, in ms. Default: no limit. */
  readonly statementMs?: number
  /** How long the server lets a transaction wait for its next statement: a broker that vanished must not keep its locks. */
  readonly abandonedMs: number
}

/** Opens no connection yet: each is made when it is first needed, and made anew after it was lost. */
export const openConnections = ({ url, size, connectMs, statementMs, abandonedMs }: ConnectionOptions): Connections => {
  const pool = new pg.Pool({
    Client: ClientWithPasswordFile,
    connectionString: url,
    max: size,
    connectionTimeoutMillis: connectMs,
    idleTimeoutMillis: 60_000,
    allowExitOnIdle: true,
    keepAlive: true,
    application_name: 'vendo',
    types: { getTypeParser: parserOf as typeof pg.types.getTypeParser },
    idle_in_transaction_session_timeout: abandonedMs,
    ...(statementMs !== undefined && { statement_timeout: statementMs, lock_timeout: statementMs }),
  })
  // A connection that dies while idle is replaced by the next acquire; nobody is waiting for it.
  pool.on('error', () => undefined)
  // One that dies while lent fails its query, which is where it counts; unheard, it would end the process as well.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return {
    acquire: async () => lend(await pool.connect()),
    close: () => pool.end(),
  }
}

/** Looks a password up that neither the URL nor PGPASSWORD has, and only when the server asks for one. */
class ClientWithPasswordFile extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config)
    const { host, port, user, database } = this
    if (this.password) return
    const look = async () =>
      (
        await passwordFromFile({ host, port, user: user ?? '', database: database ?? user ?? '' }, process.env)
      )?.reveal()
    // Unlike its type, the driver takes a function here as well; an option of the pool would lose against the URL.
    Object.assign(this, { password: look })
  }
}

const lend = (client: pg.PoolClient): Connection => {
  let released = false
  return {
    query: async (text, params) => {
      const query =
        params === undefined ? { text } : { text, name: preparedName(text), values: params.map(toParameter) }
      const result: pg.QueryResult | pg.QueryResult[] = await client.query(query).catch((cause: unknown) => {
        throw sqlStateOf(cause) === undefined ? new ConnectionLost('the connection ended', { cause }) : cause
      })
      // A text of several statements gives one result for each.
      const last = Array.isArray(result) ? result.at(-1) : result
      return { rows: (last?.rows ?? []) as readonly SqlRow[], changed: last?.rowCount ?? 0 }
    },
    release: (broken) => {
      if (released) return
      released = true
      client.release(broken)
    },
  }
}

const names = new Map<string, string>()

/** The texts are constants of this program and a few combinations of query conditions, so this stays small. */
const preparedName = (text: string): string => {
  const known = names.get(text)
  if (known !== undefined) return known
  const name = `vendo_${names.size}`
  names.set(text, name)
  return name
}

const toParameter = (value: SqlValue | Column): unknown =>
  Array.isArray(value) ? value.map(storable) : storable(value as SqlValue)

/** Postgres texts cannot hold the character 0, which an upstream may well put into a model's name. */
const storable = (value: SqlValue): SqlValue =>
  typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value

const wholeNumbers: ReadonlySet<number> = new Set([
  pg.types.builtins.INT2,
  pg.types.builtins.INT4,
  pg.types.builtins.INT8,
])

/** Every whole number is a bigint, everything else stays as Postgres writes it. */
const parserOf = (type: number): ((text: string) => bigint | string) =>
  wholeNumbers.has(type) ? BigInt : (text) => text
