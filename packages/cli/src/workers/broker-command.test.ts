import { describe, expect, it, vi } from 'vitest'
import { folderWith, spawnVendo, vendo } from '../../test/vendo.ts'

// Each test starts processes of its own, which a busy machine takes its time for.
vi.setConfig({ testTimeout: 60_000 })

const vaultKey = Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64')
const env = { VENDO_VAULT_KEY: vaultKey }

/** Resolves with the first match in what the broker says on stderr. */
const said = (spawned: ReturnType<typeof spawnVendo>, pattern: RegExp): Promise<string> =>
  new Promise((resolve, reject) => {
    let seen = ''
    spawned.child.stderr?.on('data', (piece) => {
      seen += piece
      const found = pattern.exec(seen)?.[1]
      if (found !== undefined) resolve(found)
    })
    void spawned.ended.then(() => reject(new Error(`it ended: ${seen}`)))
  })

describe('vendo broker refuses', () => {
  it.each([
    [
      'many workers on SQLite',
      ['--store', 'sqlite:l.sqlite', '--workers', '2'],
      1,
      /belongs to one process.*postgres:/,
    ],
    ['traces without an SDK', ['--store', 'sqlite::memory:', '--otel'], 1, /No OpenTelemetry SDK.*NODE_OPTIONS/],
    ['no store', [], 1, /No store is named/],
    ['no worker', ['--store', 'sqlite::memory:', '--workers', '0'], 2, /above 0/],
    ['a grace of hours', ['--store', 'sqlite::memory:', '--grace', '9999'], 2, /0 to 3600/],
  ])('%s', async (_, words, exitCode, message) => {
    const { code, err } = await vendo(['broker', '--port', '0', ...words], { cwd: folderWith(), env })
    expect([code, err]).toEqual([exitCode, expect.stringMatching(/^vendo: [^\n]*\n/)])
    expect(err).toMatch(message)
  })

  it('a database that does not answer, without its password', async () => {
    const store = 'postgres://op:not-so-secret@127.0.0.1:1/vendo'
    for (const workers of ['1', '2']) {
      const words = ['broker', '--port', '0', '--workers', workers]
      const spawned = spawnVendo(words, { cwd: folderWith(), env: { ...env, VENDO_STORE: store } })
      const { code, out, err } = await spawned.ended
      expect([code, err]).toEqual([
        1,
        expect.stringMatching(/^vendo: The database vendo at 127\.0\.0\.1:1 [^\n]* refused[^\n]*\n$/),
      ])
      expect(out + err).not.toContain('not-so-secret')
    }
  })
})

it('vendo broker serves its metrics apart, on this machine alone, and not on its own port', async () => {
  const words = [
    'broker',
    '--store',
    'sqlite:l.sqlite',
    '--operator-key-file',
    'op.key',
    '--port',
    '0',
    '--metrics-port',
    '0',
  ]
  const spawned = spawnVendo(words, { cwd: folderWith(), env })
  const [metrics, url] = await Promise.all([said(spawned, /metrics are at (\S+)/), said(spawned, /\((http[^)]+)\)/)])
  expect(metrics).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/)
  const text = await (await fetch(metrics)).text()
  expect(text).toContain('# TYPE vendo_calls_total counter')
  expect(text).toContain('process_resident_memory_bytes')
  expect((await fetch(`${url}/metrics`)).status).toBe(404)
  spawned.child.kill('SIGTERM')
  expect((await spawned.ended).code).toBe(0)
})
