import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openSqliteStore } from '@vendo/broker'
import { createBarrier } from '@vendo/testkit'
import { describe, expect, it, vi } from 'vitest'
import { answerTo, call, end, prepare, serve, startUpstream, whole } from './serve.ts'
import { folderWith, spawnVendo, vendo } from './vendo.ts'

// Each test starts processes of its own, which a busy machine takes its time for.
vi.setConfig({ testTimeout: 60_000 })

const otherKey = Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64')

describe('vendo ledger backup', () => {
  it('copies the store of a broker that runs; the copy verifies, and a broker serves it with the same vault key', async () => {
    const barrier = createBarrier()
    barrier.open()
    const { origin } = await startUpstream(barrier)
    const served = await serve('broker', origin)
    await whole(await answerTo(call(served, false)))
    const backup = await vendo(['ledger', 'backup', 'copy.sqlite', '--store', `sqlite:${served.ledger}`], served)
    expect([backup.code, backup.err]).toEqual([0, expect.stringContaining('vault key is not in it')])
    const again = await vendo(['ledger', 'backup', 'copy.sqlite', '--store', `sqlite:${served.ledger}`], served)
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('is there already')])
    const checked = await vendo(['ledger', 'verify', '--file', 'copy.sqlite', '--json'], { cwd: served.cwd })
    expect([checked.code, JSON.parse(checked.out)]).toEqual([0, expect.objectContaining({ ok: true, problems: [] })])
    served.child.kill('SIGTERM')
    await served.ended

    // As the page says: the copy takes the place of a ledger that was lost.
    for (const name of [served.ledger, `${served.ledger}-wal`, `${served.ledger}-shm`]) rmSync(name, { force: true })
    writeFileSync(served.ledger, readFileSync(join(served.cwd, 'copy.sqlite')), { mode: 0o600 })
    const restored = spawnVendo([...served.words, '--port', '0'], served)
    const url = await new Promise<string>((resolve) => {
      restored.child.stderr?.on('data', (piece) => {
        const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(String(piece)) ?? []
        if (found !== undefined) resolve(found)
      })
    })
    expect(await whole(await answerTo(call({ url, key: served.key }, true)))).toMatchObject({
      status: 200,
      text: expect.stringContaining(end[1] ?? ''),
    })
    restored.child.kill('SIGTERM')
    expect((await restored.ended).code).toBe(0)
  })

  it.each([
    ['Postgres', ['--store', 'postgres://op:not-so-secret@db/vendo'], /pg_dump/],
    ['memory', ['--store', 'sqlite::memory:'], /in memory/],
    ['nothing', [], /no ledger in this folder/],
    ['a store that is not there', ['--store', 'sqlite:none.sqlite'], /none\.sqlite cannot be read/],
  ])('says what to do instead for %s', async (_what, words, message) => {
    const { code, err } = await vendo(['ledger', 'backup', 'copy.sqlite', ...words], { cwd: folderWith() })
    expect([code, err]).toEqual([1, expect.stringMatching(message)])
    expect(err).not.toContain('not-so-secret')
  })
})

describe('a wrong vault key', () => {
  it('is refused by vendo broker at start, until it is adopted', async () => {
    const { words, cwd, ledger } = await prepare('broker', 'http://127.0.0.1:1')
    const env = { VENDO_VAULT_KEY: otherKey }
    const refused = await vendo([...words, '--port', '0'], { cwd, env })
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('The vault key is not the one')])
    expect(refused.err).toContain('adopt-vault-key')
    const adopted = await vendo(['ledger', 'adopt-vault-key', '--store', `sqlite:${ledger}`], { cwd, env })
    expect([adopted.code, adopted.err]).toEqual([0, expect.stringContaining('connect those integrations again')])
    const served = spawnVendo([...words, '--port', '0'], { cwd, env })
    await new Promise<void>((resolve) => {
      served.child.stderr?.on('data', (piece) => String(piece).includes('listens') && resolve())
    })
    served.child.kill('SIGTERM')
    expect((await served.ended).code).toBe(0)
  })

  it.each([
    ['dev', ['dev', '--port', '0']],
    ['run', ['run', '--', process.execPath, '--version']],
  ])('is refused by vendo %s, and nothing is sealed with it', async (_command, words) => {
    const { cwd, env, ledger, tenantId } = await prepare('dev', 'http://127.0.0.1:1')
    const before = await connections(ledger, tenantId)
    writeFileSync(join(cwd, '.vendo', 'vault.key'), `${otherKey}\n`)
    const { VENDO_VAULT_KEY_FILE: _, ...own } = env
    const { code, err } = await vendo(words, { cwd, env: { ...own, ANTHROPIC_API_KEY: 'another-test-key' } })
    expect([code, err]).toEqual([1, expect.stringContaining('The vault key is not the one')])
    expect(await connections(ledger, tenantId)).toEqual(before)
  })
})

const connections = async (ledger: string, tenantId: string) => {
  const store = await openSqliteStore({ path: ledger })
  const all = await store.listConnections(tenantId)
  await store.close()
  return all
}
