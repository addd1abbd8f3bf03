import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  formatVendoKey,
  inferenceKeyPrefix,
  isWellFormedVendoKey,
  looksLikeVendoKey,
  managementKeyPrefix,
  maskVendoKey,
} from './vendo-key.ts'

const key = formatVendoKey(inferenceKeyPrefix, new Uint8Array(64).fill(7))

describe('formatVendoKey', () => {
  it('makes 32 base62 characters and a checksum of 6 behind the prefix', () => {
    expect(key).toMatch(/^vendo_sk_[0-9A-Za-z]{38}$/)
    expect(formatVendoKey(managementKeyPrefix, randomBytes(64))).toMatch(/^vendo_mk_/)
  })
  it('skips bytes that would make some characters likelier, and refuses when too few are left', () => {
    expect(() => formatVendoKey(inferenceKeyPrefix, new Uint8Array(64).fill(255))).toThrow(RangeError)
  })
})

describe('isWellFormedVendoKey', () => {
  it('accepts what was made', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 128, maxLength: 128, max: 247 }), (random) =>
        isWellFormedVendoKey(formatVendoKey(inferenceKeyPrefix, random)),
      ),
    )
  })
  it('catches every single changed character', () => {
    for (let index = 9; index < key.length; index++) {
      const typo = key.slice(0, index) + (key[index] === 'x' ? 'y' : 'x') + key.slice(index + 1)
      expect(isWellFormedVendoKey(typo)).toBe(false)
    }
  })
  it.each(['', 'vendo_sk_', key.slice(0, -1), `${key}0`, ` ${key}`])('refuses %j', (text) => {
    expect(isWellFormedVendoKey(text)).toBe(false)
  })
})

it('tells a Vendo key from a foreign one, and masks it', () => {
  expect([looksLikeVendoKey('vendo_sk_x'), looksLikeVendoKey('vendo_mk_x'), looksLikeVendoKey('dummy-key')]).toEqual([
    true,
    true,
    false,
  ])
  expect(maskVendoKey(key)).toBe(`vendo_sk_…${key.slice(-4)}`)
})
