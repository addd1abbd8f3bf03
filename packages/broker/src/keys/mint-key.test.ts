import { inspect } from 'node:util'
import { isWellFormedVendoKey } from '@vendo/contract'
import { describe, expect, it } from 'vitest'
import { hashKey } from './hash-key.ts'
import { mintKey } from './mint-key.ts'

describe('mintKey', () => {
  it.each([
    ['inference', 'vendo_sk_'],
    ['management', 'vendo_mk_'],
  ] as const)('makes a well-formed %s key that starts with %s', (kind, prefix) => {
    const minted = mintKey(kind)
    expect(minted.key.reveal().startsWith(prefix)).toBe(true)
    expect(isWellFormedVendoKey(minted.key.reveal())).toBe(true)
    expect(minted.display).toBe(`${prefix}…${minted.key.reveal().slice(-4)}`)
  })

  it('keeps the hash by which the store finds the key, and never prints the key', () => {
    const minted = mintKey('inference')
    expect(minted.hash).toBe(hashKey(minted.key.reveal()))
    expect(inspect(minted)).not.toContain(minted.key.reveal())
    expect(JSON.stringify(minted)).not.toContain(minted.key.reveal())
  })

  it('never makes the same key twice', () => {
    expect(new Set(Array.from({ length: 200 }, () => mintKey('inference').hash)).size).toBe(200)
  })
})

describe('hashKey', () => {
  it('is SHA-256 in hex (FIPS 180-2 vector)', () => {
    expect(hashKey('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })
})
