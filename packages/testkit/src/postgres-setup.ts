import type { TestProject } from 'vitest/node'
import { findPostgres, startTestPostgres } from './postgres.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The address of a Postgres database that exists; null when Postgres is not installed here. */
    postgresUrl: string | null
  }
}

/**
 * Starts one Postgres for a whole test run. Where none is installed the tests that need it are skipped, and the reason is
 * printed; in CI that is a failure.
 */
const setup = async (project: TestProject): Promise<(() => Promise<void>) | undefined> => {
  if (findPostgres() === undefined) {
    const reason = 'Postgres is not installed here (apt-get install postgresql-15)'
    if (process.env['CI'] === 'true') throw new Error(reason)
    process.stderr.write(`ledger: tests on Postgres are skipped: ${reason}\n`)
    project.provide('postgresUrl', null)
    return undefined
  }
  const server = await startTestPostgres()
  process.stdout.write(`ledger: ${server.version}\n`)
  project.provide('postgresUrl', server.url('postgres'))
  return server.stop
}

export { setup }
