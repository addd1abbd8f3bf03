import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'

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

/** The address of a new, empty database on the server of this test run. */
export const createDatabase = async (): Promise<string> => {
  if (serverUrl === undefined) throw new Error('there is no Postgres here')
  const name = `vendo_${randomBytes(6).toString('hex')}`
  await runSql(serverUrl, `CREATE DATABASE ${name}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}
