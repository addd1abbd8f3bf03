import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadKeyEncryptionKey, loadOrCreateKeyFile } from './load-key-encryption-key.ts'

const fakeKey = Buffer.from('a-fake-test-key'.padEnd(32, '.')).toString('base64')
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vendo-vault-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('loadOrCreateKeyFile', () => {
  it('makes a key that only the owner may read, once', async () => {
    const path = join(folder, 'new', 'vault.key')
    const key = await loadOrCreateKeyFile(path)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8').trim()).toBe(key.reveal())
    expect((await loadOrCreateKeyFile(path)).reveal()).toBe(key.reveal())
  })

  it('gives one key to processes that start at once, and leaves nothing beside it', async () => {
    const path = join(folder, 'vault.key')
    const keys = await Promise.all(Array.from({ length: 20 }, () => loadOrCreateKeyFile(path)))
    expect(new Set(keys.map((key) => key.reveal())).size).toBe(1)
    expect(readdirSync(folder)).toEqual(['vault.key'])
  })

  it.each([0o640, 0o604, 0o666])('refuses a file of mode %o', async (mode) => {
    const path = join(folder, 'vault.key')
    await loadOrCreateKeyFile(path)
    chmodSync(path, mode)
    await expect(loadOrCreateKeyFile(path)).rejects.toMatchObject({ code: 'vault_key_exposed' })
  })

  it('refuses a file that holds no key rather than replacing it', async () => {
    const path = join(folder, 'vault.key')
    writeFileSync(path, 'not a key\n', { mode: 0o600 })
    await expect(loadOrCreateKeyFile(path)).rejects.toMatchObject({ code: 'vault_key_invalid' })
    expect(readFileSync(path, 'utf8')).toBe('not a key\n')
  })
})

describe('loadKeyEncryptionKey', () => {
  it('reads VENDO_VAULT_KEY', async () => {
    expect((await loadKeyEncryptionKey({ env: { VENDO_VAULT_KEY: ` ${fakeKey}\n` } })).reveal()).toBe(fakeKey)
  })

  it('reads the file that VENDO_VAULT_KEY_FILE or the option names; the option wins', async () => {
    const path = join(folder, 'mounted')
    writeFileSync(path, `${fakeKey}\n`, { mode: 0o440 })
    expect((await loadKeyEncryptionKey({ env: { VENDO_VAULT_KEY_FILE: path } })).reveal()).toBe(fakeKey)
    expect((await loadKeyEncryptionKey({ env: { VENDO_VAULT_KEY: 'other' }, file: path })).reveal()).toBe(fakeKey)
  })

  it.each([
    ['nothing is set', {}, 'vault_key_missing'],
    ['the variable is blank', { VENDO_VAULT_KEY: '  ' }, 'vault_key_missing'],
    ['the file is missing', { VENDO_VAULT_KEY_FILE: '/nonexistent/vendo.key' }, 'vault_key_missing'],
    ['both are set', { VENDO_VAULT_KEY: fakeKey, VENDO_VAULT_KEY_FILE: '/some/file' }, 'vault_key_invalid'],
    ['the key is too short', { VENDO_VAULT_KEY: 'c2hvcnQ=' }, 'vault_key_invalid'],
  ])('refuses when %s', async (_, env, code) => {
    await expect(loadKeyEncryptionKey({ env })).rejects.toMatchObject({ code, suggestedFix: expect.any(String) })
  })

  it('says how to make a key when there is none', async () => {
    await expect(loadKeyEncryptionKey({ env: {} })).rejects.toMatchObject({
      suggestedFix: expect.stringContaining('openssl rand -base64 32'),
    })
  })

  it('refuses a file that everyone may read', async () => {
    const path = join(folder, 'open')
    writeFileSync(path, fakeKey)
    chmodSync(path, 0o644)
    await expect(loadKeyEncryptionKey({ env: {}, file: path })).rejects.toMatchObject({ code: 'vault_key_exposed' })
  })
})
