import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readDotenv } from './read-dotenv.ts'

/** A repository with a `.env`, and the path of another `.env` in a folder of it. */
const nested = () => {
  const root = mkdtempSync(join(tmpdir(), 'vendo-dotenv-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  mkdirSync(join(root, '.git'))
  mkdirSync(join(root, 'app'))
  writeFileSync(join(root, '.env'), 'FROM=above\n')
  return { root, folder: join(root, 'app'), path: join(root, 'app', '.env') }
}

const listenAt = (path: string): Promise<void> =>
  new Promise((resolve) => {
    const server = createServer().listen(path, resolve)
    onTestFinished(() => void server.close())
  })

describe('readDotenv', () => {
  it.each<[name: string, make: (path: string) => unknown]>([
    ['a FIFO', (path) => execFileSync('mkfifo', [path])],
    ['a socket', listenAt],
    ['a folder', (path) => mkdirSync(path)],
    ['a link to a device', (path) => symlinkSync('/dev/zero', path)],
    ['a link to nothing', (path) => symlinkSync('nowhere', path)],
  ])('passes over %s without opening it', async (_, make) => {
    const { folder, path } = nested()
    await make(path)
    expect(readDotenv(folder)?.variables).toEqual({ FROM: 'above' })
  })

  it('follows a link to an ordinary file', () => {
    const { folder, path } = nested()
    symlinkSync('../.env', path)
    expect(readDotenv(folder)).toEqual({ path, variables: { FROM: 'above' } })
  })

  it('reads up to 1 MiB, and names what is larger', () => {
    const { folder, path } = nested()
    writeFileSync(path, `A=${'x'.repeat(1024 * 1024 - 2)}`)
    expect(readDotenv(folder)?.variables['A']).toHaveLength(1024 * 1024 - 2)
    truncateSync(path, 1024 * 1024 + 1)
    expect(() => readDotenv(folder)).toThrow(`${path} is larger than 1048576 bytes`)
  })
})
