import { inspect } from 'node:util'
import { isVendoError, Secret } from '@vendo/contract'
import { describe, expect, it } from 'vitest'
import { createVault, type SealContext } from './vault.ts'

const key = (fill: string): Secret =>
  new Secret(Buffer.from(`${fill}-fake-test-key`.padEnd(32, '.')).toString('base64'))
const vault = createVault({ keyEncryptionKey: key('one') })
const context: SealContext = { tenantId: 'tenant-a', connectionId: 'connection-a', field: 'secret', version: 1 }
const secret = new Secret('test-upstream-key ünïcode')

const codeOf = (action: () => unknown): unknown => {
  try {
    action()
  } catch (error) {
    expect(isVendoError(error)).toBe(true)
    expect((error as Error).cause).toBeUndefined()
    return (error as { code: string }).code
  }
  return 'no error'
}

describe('vault', () => {
  it('opens what it sealed', () => {
    expect(vault.open(vault.seal(secret, context), context).reveal()).toBe('test-upstream-key ünïcode')
  })

  it('opens across instances with the same key, in base64, base64url and hex alike', () => {
    const bytes = Buffer.from(key('one').reveal(), 'base64')
    for (const text of [bytes.toString('hex'), bytes.toString('base64url'), ` ${bytes.toString('base64')}\n`]) {
      const other = createVault({ keyEncryptionKey: new Secret(text) })
      expect(other.open(vault.seal(secret, context), context).reveal()).toBe(secret.reveal())
    }
  })

  it('seals the same secret differently each time and never in clear', () => {
    const envelopes = Array.from({ length: 50 }, () => vault.seal(secret, context).envelope)
    expect(new Set(envelopes).size).toBe(50)
    expect(Buffer.from(envelopes[0]!, 'base64url').includes('test-upstream-key')).toBe(false)
    expect(inspect(vault, { depth: 9 })).not.toContain(key('one').reveal())
  })

  it.each([
    ['another tenant', { tenantId: 'tenant-b' }],
    ['another connection', { connectionId: 'connection-b' }],
    ['another field', { field: 'refresh_token' }],
    ['another version', { version: 2 }],
    ['ids cut elsewhere', { tenantId: 'tenant-aconnection', connectionId: '-a' }],
  ])('does not open a row moved to %s', (_, change) => {
    const sealed = vault.seal(secret, context)
    expect(codeOf(() => vault.open(sealed, { ...context, ...change }))).toBe('vault_unreadable')
  })

  it('does not open two rows whose envelopes were swapped', () => {
    const other: SealContext = { ...context, connectionId: 'connection-b' }
    const [first, second] = [vault.seal(secret, context), vault.seal(new Secret('test-other'), other)]
    expect(codeOf(() => vault.open(second, context))).toBe('vault_unreadable')
    expect(codeOf(() => vault.open(first, other))).toBe('vault_unreadable')
  })

  it('does not open with another key', () => {
    const other = createVault({ keyEncryptionKey: key('two') })
    expect(codeOf(() => other.open(vault.seal(secret, context), context))).toBe('vault_unreadable')
  })

  it('does not open when any byte is flipped, cut off or added', () => {
    const bytes = Buffer.from(vault.seal(secret, context).envelope, 'base64url')
    for (let index = 0; index < bytes.length; index++) {
      const changed = Buffer.from(bytes)
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index)
      expect(codeOf(() => vault.open({ envelope: changed.toString('base64url') }, context))).toBe('vault_unreadable')
      const cut = bytes.subarray(0, index).toString('base64url')
      expect(codeOf(() => vault.open({ envelope: cut }, context))).toBe('vault_unreadable')
    }
    const longer = Buffer.concat([bytes, Buffer.of(0)]).toString('base64url')
    expect(codeOf(() => vault.open({ envelope: longer }, context))).toBe('vault_unreadable')
  })

  it('does not open a data key transplanted from another record', () => {
    const a = Buffer.from(vault.seal(secret, context).envelope, 'base64url')
    const b = Buffer.from(vault.seal(secret, { ...context, connectionId: 'connection-b' }).envelope, 'base64url')
    const dataKeyEnd = 9 + 60
    const mixed = Buffer.concat([b.subarray(0, dataKeyEnd), a.subarray(dataKeyEnd)]).toString('base64url')
    expect(codeOf(() => vault.open({ envelope: mixed }, context))).toBe('vault_unreadable')
  })
})

describe('key-encryption key', () => {
  it.each([
    ['empty', ''],
    ['16 bytes', Buffer.alloc(16, 'ab').toString('base64')],
    ['31 bytes', Buffer.from('x-fake-key'.repeat(4)).subarray(0, 31).toString('base64')],
    ['33 bytes', Buffer.from('x-fake-key'.repeat(4)).subarray(0, 33).toString('base64')],
    ['a passphrase', 'correct horse battery staple, and so on...'],
    ['odd hex', 'ab'.repeat(31)],
    ['one byte repeated', Buffer.alloc(32).toString('base64')],
  ])('refuses %s, without repeating it', (_, text) => {
    try {
      createVault({ keyEncryptionKey: new Secret(text) })
      expect.unreachable()
    } catch (error) {
      expect((error as { code: string }).code).toBe('vault_key_invalid')
      if (text !== '') expect(String(error)).not.toContain(text)
    }
  })
})
