import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startTestPostgres, type TestPostgres } from '@vendo/testkit/postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runSql, serverUrl } from './test/fresh-database.ts'

const script = `
  const { openPostgresStore } = await import('@vendo/broker')
  const store = await openPostgresStore({ url: process.env.STORE })
  await store.listTenants()
  await store.close()
  console.log('it opens')
`

describe.skipIf(serverUrl === undefined)('a server that asks for a password', () => {
  let server: TestPostgres | undefined
  let folder: string
  let url: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vendo-pgpass-'))
    server = await startTestPostgres()
    const admin = server.url('postgres')
    await runSql(admin, `CREATE USER op PASSWORD 'fake-test-password'`)
    await runSql(admin, 'CREATE DATABASE ledger OWNER op')
    const [hba] = await runSql(admin, 'SHOW hba_file')
    const lines = ['local all op scram-sha-256', 'local all all trust'].map((line) => `('${line}')`).join(', ')
    await runSql(admin, `COPY (VALUES ${lines}) TO '${String(hba?.['hba_file'])}'`)
    await runSql(admin, 'SELECT pg_reload_conf()')
    url = server.url('ledger').replace('//vendo@', '//op@')
  })
  afterAll(async () => {
    await server?.stop()
    rmSync(folder, { recursive: true })
  })

  const open = (env: Readonly<Record<string, string>>) =>
    promisify(execFile)(process.execPath, ['--conditions=vendo-source', '--input-type=module', '-e', script], {
      cwd: join(import.meta.dirname, '../../..'),
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, STORE: url, ...env },
    })

  it('takes the one of PGPASSFILE, without a word on stderr', async () => {
    const path = join(folder, 'pgpass')
    writeFileSync(path, `*:*:ledger:op:fake-test-password\n`, { mode: 0o600 })
    expect(await open({ PGPASSFILE: path })).toEqual({ stdout: 'it opens\n', stderr: '' })
  })

  it('takes the one of PGPASSWORD before that of the file', async () => {
    const path = join(folder, 'wrong')
    writeFileSync(path, `*:*:*:*:another\n`, { mode: 0o600 })
    const env = { PGPASSFILE: path, PGPASSWORD: 'fake-test-password' }
    expect(await open(env)).toEqual({ stdout: 'it opens\n', stderr: '' })
  })

  it.each([
    ['wrong', '*:*:*:*:another\n', 0o600],
    ['in a file that others may read', '*:*:*:*:fake-test-password\n', 0o644],
  ])('says what to check when it is %s', async (name, text, mode) => {
    const path = join(folder, name.replaceAll(' ', '-'))
    writeFileSync(path, text, { mode })
    const failure = await open({ PGPASSFILE: path }).catch((error: { stderr: string }) => error)
    expect(failure.stderr).toContain('the password or the user was rejected')
    expect(failure.stderr).not.toMatch(/fake-test-password|another/)
  })
})
