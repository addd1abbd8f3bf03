import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { openPostgresStore } from '../open-postgres-store.ts'

/** The server of this test run; undefined where Postgres is not installed, which is a reason to skip. */
export const serverUrl: string | undefined = inject('postgresUrl') ?? undefined

/** Runs SQL beside the store, as an operator with psql would. */
export const runSql = async (url: string, text: string): Promise<readonly Record<string, unknown>[]> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

/** The address of a new database on the server of this test run: empty, or a copy of another one that nobody uses. */
export const createDatabase = async (template?: string): Promise<string> => {
  if (serverUrl === undefined) throw new Error('there is no Postgres here')
  const name = `vendo_${randomBytes(6).toString('hex')}`
  const copied = template === undefined ? '' : ` TEMPLATE ${new URL(template).pathname.slice(1)}`
  await runSql(serverUrl, `CREATE DATABASE ${name}${copied}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}

/** A database with the schema and nothing in it, to copy from. */
export const createTemplate = async (): Promise<string> => {
  const url = await createDatabase()
  await (await openPostgresStore({ url, patienceMs: 10_000 })).close()
  return url
}
