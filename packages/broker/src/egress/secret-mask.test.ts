import { Secret } from '@vendo/contract'
import { expect, it } from 'vitest'
import { secretMaskOf } from './secret-mask.ts'

const mask = secretMaskOf(new Secret('echoed-secret'))

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
  expect(secretMaskOf(new Secret('a')).text('banana')).toBe('banana')
})

it('blanks an occurrence that is cut anywhere, and passes everything else at once', () => {
  const text = 'before echoed-secret after echo'
  for (let cut = 0; cut <= text.length; cut++) {
    const stream = mask.stream()
    const parts = [
      stream.push(Buffer.from(text.slice(0, cut))),
      stream.push(Buffer.from(text.slice(cut))),
      stream.end(),
    ]
    expect(Buffer.concat(parts).toString()).toBe(`before ${'*'.repeat(13)} after echo`)
  }
  const piece = Buffer.from('data: {"text":"nothing to hold back"}\n\n')
  expect(mask.stream().push(piece)).toBe(piece)
})

it('finds a secret that comes byte by byte', () => {
  const stream = mask.stream()
  const parts = [...'an echoechoed-secret.'].map((byte) => stream.push(Buffer.from(byte)))
  expect(Buffer.concat([...parts, stream.end()]).toString()).toBe(`an echo${'*'.repeat(13)}.`)
})
