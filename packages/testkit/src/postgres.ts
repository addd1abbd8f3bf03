import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A Postgres server of its own, on a unix socket that nobody else knows. */
export interface TestPostgres {
  readonly version: string
  /** The address of a database on it, which need not exist yet. */
  url(database: string): string
  /** Ends the server at once, as a power cut does, and keeps its data. */
  crash(): Promise<void>
  /** Starts it again after {@link TestPostgres.crash}. */
  restart(): Promise<void>
  /** Stops the server and removes its data. Idempotent. */
  stop(): Promise<void>
}

/** How a {@link TestPostgres} is started. */
export interface TestPostgresOptions {
  /** Waits for the disk at every commit, as production does. Default false: tests kill processes, not machines. */
  readonly fsync?: boolean
}

const candidates = (): readonly string[] => {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  return [process.env['VENDO_TEST_POSTGRES_BIN'] ?? '', ...versions.map((version) => join(debian, version, 'bin'))]
}

/** Where initdb and postgres are; undefined when Postgres is not installed. `VENDO_TEST_POSTGRES_BIN` names another place. */
export const findPostgres = (): string | undefined =>
  candidates().find((folder) => folder !== '' && existsSync(join(folder, 'initdb')))

/** Postgres refuses to run as root, so a root user lends it another one. */
const unprivilegedUser = (): { uid: number; gid: number } | undefined => {
  if (process.getuid?.() !== 0) return undefined
  const idOf = (flag: string): number => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout)
  const [uid, gid] = [idOf('-u'), idOf('-g')]
  return uid > 0 ? { uid, gid } : { uid: 65_534, gid: 65_534 }
}

/**
 * Starts a fresh Postgres server in a temporary folder, without a network port.
 *
 * @throws {Error} when Postgres is not installed (see {@link findPostgres}), or does not start.
 */
export const startTestPostgres = async ({ fsync = false }: TestPostgresOptions = {}): Promise<TestPostgres> => {
  const bin = findPostgres()
  if (bin === undefined) throw new Error('Postgres is not installed here: apt-get install postgresql-15')
  const user = unprivilegedUser()
  const folder = mkdtempSync(join(tmpdir(), 'vendo-postgres-'))
  if (user !== undefined) chownSync(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  const initialize = ['-D', data, '-U', 'vendo', '-A', 'trust', '-E', 'UTF8', '--no-sync']
  const made = spawnSync(join(bin, 'initdb'), initialize, { ...user, encoding: 'utf8', cwd: folder })
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`)
  const settings = [
    ...['listen_addresses=', `unix_socket_directories=${folder}`, 'max_connections=200'],
    ...(fsync ? [] : ['fsync=off', 'full_page_writes=off']),
  ]
  const start = async () => {
    const args = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])]
    // Its log tells when it is ready: no polling.
    const child = spawn(join(bin, 'postgres'), args, { ...user, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
    const exited = once(child, 'exit')
    await untilReady(child.stderr, exited)
    // A test run that is cut short must not leave a server behind.
    const endWithUs = () => {
      child.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    }
    process.once('exit', endWithUs)
    return async (signal: 'SIGINT' | 'SIGQUIT') => {
      process.off('exit', endWithUs)
      if (child.exitCode === null) child.kill(signal)
      await exited
    }
  }
  let end = await start()
  let stopped = false
  return {
    version: spawnSync(join(bin, 'postgres'), ['--version'], { encoding: 'utf8' }).stdout.trim(),
    url: (database) => `postgres://vendo@localhost/${database}?host=${encodeURIComponent(folder)}`,
    crash: () => end('SIGQUIT'),
    restart: async () => {
      end = await start()
    },
    stop: async () => {
      if (stopped) return
      stopped = true
      await end('SIGINT')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const untilReady = (log: NodeJS.ReadableStream, exited: Promise<unknown>): Promise<void> =>
  new Promise((resolve, reject) => {
    let text = ''
    log.on('data', (chunk: Buffer) => {
      text = (text + chunk.toString()).slice(-10_000)
      if (text.includes('database system is ready to accept connections')) resolve()
    })
    exited.then(() => reject(new Error(`Postgres did not start: ${text}`)), reject)
  })
