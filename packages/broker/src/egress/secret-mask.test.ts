import { Secret } from '@vendo/contract'
import { expect, it } from 'vitest'
import { createSecretMask } from './secret-mask.ts'

const mask = createSecretMask(new Secret('echoed-secret'))

it('blanks every occurrence in bytes and keeps the length', () => {
  const masked = mask.bytes(Buffer.from('a echoed-secret b echoed-secretechoed-secret'))
  expect(masked.toString()).toBe(`a ${'*'.repeat(13)} b ${'*'.repeat(26)}`)
})

it('returns the very same chunk when there is nothing to blank', () => {
  const chunk = Buffer.from('nothing here')
  expect(mask.bytes(chunk)).toBe(chunk)
})

it('blanks headers', () => {
  expect(mask.text('bad key echoed-secret!')).toBe(`bad key ${'*'.repeat(13)}!`)
})

it('leaves text alone when the credential is too short to be told from it', () => {
  expect(createSecretMask(new Secret('a')).text('banana')).toBe('banana')
})
