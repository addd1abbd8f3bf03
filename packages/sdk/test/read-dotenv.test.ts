import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Vendo } from '../src/index.ts'
import { findDotenv, readDotenv, runtimeFiles } from '../src/resolve/read-dotenv.ts'

let root: string
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'vendo-dotenv-')))
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  rmSync(root, { recursive: true })
})

const write = (path: string, text = '') => {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
const at = (folder: string) => {
  const path = join(root, folder)
  mkdirSync(path, { recursive: true })
  vi.spyOn(process, 'cwd').mockReturnValue(path)
  const files = runtimeFiles()
  if (files === undefined) throw new Error('Node has files')
  return files
}

describe('the nearest .env', () => {
  it.each<[name: string, files: string[], cwd: string, found: string | undefined]>([
    ['in the working folder', ['repo/.git/HEAD', 'repo/.env'], 'repo', 'repo/.env'],
    ['above it, within the repository', ['repo/.git/HEAD', 'repo/.env'], 'repo/a/b', 'repo/.env'],
    ['the nearer of two', ['repo/.git/HEAD', 'repo/.env', 'repo/a/.env'], 'repo/a/b', 'repo/a/.env'],
    ['within a worktree, whose .git is a file', ['repo/.git', 'repo/.env'], 'repo/a', 'repo/.env'],
    ['not above the repository', ['.env', 'repo/.git/HEAD'], 'repo/a', undefined],
    ['not above an inner repository', ['r/.git/HEAD', 'r/.env', 'r/inner/.git/HEAD'], 'r/inner/a', undefined],
    ['outside a repository in the working folder', ['plain/.env'], 'plain', 'plain/.env'],
    ['outside a repository not above it', ['plain/.env'], 'plain/a', undefined],
    ['not a folder of that name', ['repo/.git/HEAD', 'repo/.env', 'repo/a/.env/x'], 'repo/a', 'repo/.env'],
  ])('is found %s', (_, files, cwd, found) => {
    for (const path of files) write(path)
    expect(findDotenv(at(cwd))).toBe(found === undefined ? undefined : join(root, found))
  })
})

describe('what is no ordinary file', () => {
  const fifo = (name: string): string => {
    const path = join(root, name)
    execFileSync('mkfifo', [path])
    return path
  }

  it('is passed over in the search', () => {
    for (const path of ['r/.git/HEAD', 'r/.env', 'r/a/x']) write(path)
    fifo('r/a/.env')
    expect(findDotenv(at('r/a'))).toBe(join(root, 'r/.env'))
  })

  it.each<[name: string, path: () => string]>([
    ['a FIFO', () => fifo('named.env')],
    ['a device', () => '/dev/zero'],
    ['a folder', () => root],
    [
      'a file above 1 MiB',
      () => {
        write('large.env', `A=${'x'.repeat(1024 * 1024 - 1)}`)
        return join(root, 'large.env')
      },
    ],
  ])('is not read when it is named: %s', (_, path) => {
    const named = path()
    const reading = readDotenv(named, at('.'))
    // Not compared as a whole: the difference would be a text of 1 MiB.
    if (reading.variables !== undefined) throw new Error(`${named} was read`)
    expect([reading.reason, reading.applies]).toEqual([expect.stringContaining(`${named} cannot be read`), true])
  })

  it('is no link to an ordinary file, which is read', () => {
    write('real.env', 'A=1')
    symlinkSync('real.env', join(root, '.env'))
    expect(Object.fromEntries(readDotenv(true, at('.')).variables ?? [])).toEqual({ A: '1' })
  })
})

describe('a .env file', () => {
  it('is parsed as dotenv does, without what is empty', () => {
    write(
      '.env',
      '\uFEFFexport A = one # comment\nB="two\\nlines"\nC=\'  \'\nD=`x`\nE: yaml\n__proto__=x\n# F=1\nA1=a#b\n',
    )
    const reading = readDotenv(true, at('.'))
    expect(Object.fromEntries(reading.variables ?? [])).toEqual({
      A: 'one',
      B: 'two\nlines',
      D: 'x',
      E: 'yaml',
      A1: 'a',
    })
  })

  it('is never copied into the environment', async () => {
    write('.env', 'ANTHROPIC_API_KEY=from-file\nVENDO_TEST_CANARY=1\n')
    at('.')
    const before = { ...process.env }
    expect(await new Vendo({ env: {} }).resolve('anthropic')).toEqual({ token: 'from-file', source: 'dotenv' })
    expect({ ...process.env }).toEqual(before)
  })

  it('loses against the environment, and wins with its own address beside its own key', async () => {
    write('.env', 'OPENAI_API_KEY=vendo_sk_fake\nOPENAI_BASE_URL=http://file.test/v1\nNOTION_TOKEN=file\n')
    at('.')
    const vendo = new Vendo({ env: { NOTION_TOKEN: 'env', OPENAI_BASE_URL: 'http://env.test/v1' } })
    expect(await vendo.token('notion')).toBe('env')
    expect(await vendo.clientOptions('openai')).toEqual({ apiKey: 'vendo_sk_fake', baseURL: 'http://file.test/v1' })
  })

  it('is not read in Vendo mode', async () => {
    const files = vi.spyOn(process, 'getBuiltinModule')
    const vendo = new Vendo({
      apiKey: 'k',
      env: {},
      baseURL: 'http://api.test',
      fetch: () => Promise.reject(new Error()),
      maxRetries: 0,
    })
    await vendo.token('anthropic').catch(() => undefined)
    await vendo.explain('anthropic')
    expect(files.mock.calls.filter(([name]) => String(name) === 'node:fs')).toEqual([])
  })

  it.each<[name: string, dotenv: boolean | string, reason: RegExp]>([
    ['is switched off', false, /switched off/],
    ['is named and missing', '/nowhere/.env', /\/nowhere\/\.env cannot be read/],
    ['is not there', true, /there is no \.env in /],
  ])('that %s is told by explain', async (_, dotenv, reason) => {
    at('.')
    const { sources, problem } = await new Vendo({ env: {}, dotenv }).explain('anthropic')
    expect(sources.at(-1)?.reason).toMatch(reason)
    expect(problem?.code).toBe('not_connected')
  })

  it('is absent where the runtime has no files or no process', async () => {
    vi.stubGlobal('process', { env: {} })
    const withoutFiles = await new Vendo().explain('anthropic')
    vi.stubGlobal('process', undefined)
    const withoutProcess = await new Vendo().explain('anthropic')
    vi.unstubAllGlobals()
    for (const { sources } of [withoutFiles, withoutProcess]) expect(sources.at(-1)?.reason).toMatch(/no file system/)
  })

  it('is read by a program that prints nothing', () => {
    write('.env', 'ANTHROPIC_API_KEY=from-file\n')
    const index = new URL('../src/index.ts', import.meta.url).href
    const program = `
      const { Vendo } = await import(${JSON.stringify(index)})
      const vendo = new Vendo({ env: {} })
      if ((await vendo.token('anthropic')) !== 'from-file') process.exitCode = 1
      await vendo.explain('openai')
      await vendo.tokens(['openai', 'anthropic'])
      await vendo.token('antropic').catch(() => undefined)
      await vendo.billing.balance().catch(() => undefined)`
    const args = ['--conditions=vendo-source', '--input-type=module', '-e', program]
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: root })
    expect([stdout.byteLength, stderr.byteLength, status]).toEqual([0, 0, 0])
  })
})
