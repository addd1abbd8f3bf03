import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'dotenv'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startLocalBroker } from '../src/local/local-broker.ts'
import { app, folderWith, spawnVendo, startAnthropic, vendo } from './vendo.ts'

describe('vendo dev', () => {
  it('announces keys by name, writes app.env for its owner, serves, and ends with Ctrl-C', async () => {
    const { env } = await startAnthropic()
    const cwd = folderWith({ 'app.mjs': app })
    const { child, shows, ended } = spawnVendo(['dev', '--port', '0'], { cwd, env })
    await shows('Ctrl-C')
    const path = join(cwd, '.vendo', 'app.env')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const served = spawnVendo(['run', process.execPath, 'app.mjs'], { cwd })
    expect((await served.ended).out).toBe('status 200 null\n')
    child.kill('SIGINT')
    const { code, out, err } = await ended
    expect(code).toBe(0)
    expect(err).toMatch(/^vendo: anthropic uses the key in ANTHROPIC_API_KEY, at http/)
    expect(out + err).not.toContain('test-upstream-key')
    expect(parse(readFileSync(path, 'utf8'))['ANTHROPIC_API_KEY']).toMatch(/^vendo_sk_/)
  })

  it('takes the bill of a run along when it dies, but not the exit code of the command', async () => {
    const { env } = await startAnthropic()
    const cwd = folderWith()
    const { shows, ended } = spawnVendo(['dev', '--port', '0'], { cwd, env })
    await shows('Ctrl-C')
    const kill = `process.kill(JSON.parse(require('fs').readFileSync('.vendo/broker.json')).pid, 'SIGKILL'); process.exit(4)`
    const run = await spawnVendo(['run', process.execPath, '-e', kill], { cwd }).ended
    expect((await ended).code).toBeNull()
    expect(run.code).toBe(4)
    expect(run.err).toMatch(/^vendo: No broker answers at [^\n]*\n$/)
  })

  it('simulates without a key, and says so; --live fails instead', async () => {
    const cwd = folderWith()
    const { child, shows, ended } = spawnVendo(['dev', '--port', '0', '--json'], { cwd })
    await shows('"integrations"')
    child.kill('SIGTERM')
    expect(JSON.parse((await ended).out)).toMatchObject({ simulated: true })
    const live = await vendo(['dev', '--live', '--port', '0'], { cwd })
    expect([live.code, live.err]).toEqual([1, expect.stringMatching(/^vendo: No provider key was found[^\n]*\n$/)])
  })

  it('lets pages in of the origins in VENDO_ALLOWED_ORIGINS, and no others', async () => {
    const env = { VENDO_ALLOWED_ORIGINS: 'https://a.test, http://localhost:5173' }
    const cwd = folderWith()
    const { child, shows, ended } = spawnVendo(['dev', '--port', '0'], { cwd, env })
    await shows('Ctrl-C')
    const { url } = JSON.parse(readFileSync(join(cwd, '.vendo', 'broker.json'), 'utf8')) as { url: string }
    const ask = async (origin: string) => {
      const headers = { origin, 'access-control-request-method': 'POST' }
      const { status } = await fetch(`${url}/anthropic/v1/messages`, { method: 'OPTIONS', headers })
      return status
    }
    expect([await ask('http://localhost:5173'), await ask('http://localhost:5174')]).toEqual([204, 403])
    child.kill('SIGTERM')
    await ended
  })

  it('says in one line that an --allowed-origin is none', async () => {
    const { code, err } = await vendo(['dev', '--port', '0', '--allowed-origin', '*'], { cwd: folderWith() })
    expect([code, err]).toEqual([1, expect.stringMatching(/^vendo: "\*" cannot be an allowed origin\.[^\n]*\n$/)])
  })

  it('says in one line that the port is taken, and that a broker runs here already', async () => {
    const { env, origin } = await startAnthropic()
    const taken = await vendo(['dev', '--port', new URL(origin).port], { cwd: folderWith(), env })
    expect([taken.code, taken.err]).toEqual([
      1,
      expect.stringMatching(/^vendo: Port \d+ on 127\.0\.0\.1 is taken\.[^\n]*\n$/),
    ])
    const cwd = folderWith()
    const first = spawnVendo(['dev', '--port', '0'], { cwd, env })
    await first.shows('Ctrl-C')
    const second = await vendo(['dev', '--port', '0'], { cwd, env })
    expect([second.code, second.err]).toEqual([1, expect.stringMatching(/^vendo: A broker already runs in [^\n]*\n$/)])
  })
})

describe('a store that another process uses', () => {
  const locked = async () => {
    const cwd = folderWith({ 'app.mjs': app })
    const holder = await startLocalBroker({ directory: cwd, announce: false })
    onTestFinished(() => holder.close())
    return cwd
  }

  it('stops vendo dev with one line that names the file and the process', async () => {
    const { env } = await startAnthropic()
    const { code, err } = await vendo(['dev', '--port', '0'], { cwd: await locked(), env })
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^vendo: The store \S+ledger\.sqlite is in use by [^\n]*\n$/),
    ])
    expect(err).toContain(`process ${process.pid}`)
  })

  it('does not stop vendo run, which then keeps its bill in memory and says so', async () => {
    const { env } = await startAnthropic()
    const { out, err } = await spawnVendo(['run', process.execPath, 'app.mjs'], { cwd: await locked(), env }).ended
    expect(out).toBe('status 200 null\n')
    expect(err).toMatch(/is in use: this run keeps its bill in memory[\s\S]*total of 1 call/)
  })
})

describe('vendo broker', () => {
  const vaultKey = Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64')

  it.each([
    ['no vault key', 'sqlite:ledger.sqlite', {}, /No vault key/],
    ['no store', 'ledger.sqlite', {}, /is no store/],
    ['no operator key', 'sqlite::memory:', { VENDO_VAULT_KEY: vaultKey }, /--operator-key-file/],
  ])('refuses to start: %s', async (_, store, env, message) => {
    const { code, err } = await vendo(['broker', '--store', store, '--port', '0'], { cwd: folderWith(), env })
    expect([code, err]).toEqual([1, expect.stringMatching(/^vendo: [^\n]*\n$/)])
    expect(err).toMatch(message)
  })

  it('makes an operator key in a file, and serves whoever holds it', async () => {
    const cwd = folderWith()
    const words = ['broker', '--store', 'sqlite:ledger.sqlite', '--port', '0', '--operator-key-file', 'operator.key']
    const { child, ended } = spawnVendo(words, { cwd, env: { VENDO_VAULT_KEY: vaultKey } })
    const url = await new Promise<string>((resolve) => {
      let seen = ''
      child.stderr?.on('data', (piece) => {
        seen += piece
        const found = /\((http[^)]+)\)/.exec(seen)?.[1]
        if (found) resolve(found)
      })
    })
    const file = join(cwd, 'operator.key')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const env = { VENDO_BASE_URL: url, VENDO_MANAGEMENT_KEY: readFileSync(file, 'utf8').trim() }
    expect((await vendo(['ledger', 'verify'], { cwd: folderWith(), env })).code).toBe(0)
    child.kill('SIGTERM')
    expect((await ended).code).toBe(0)
  })
})
