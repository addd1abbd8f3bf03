import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { Secret } from './secret.ts'

const canary = 'canary-value-that-must-not-appear'
const secret = new Secret(canary)

it.each([
  ['a template string', () => `${secret}`],
  ['JSON', () => JSON.stringify({ secret })],
  ['inspect', () => inspect({ secret }, { depth: 9, showHidden: true })],
  ['an error cause', () => inspect(new Error('failed', { cause: secret }))],
  ['structuredClone', () => inspect(structuredClone({ secret }))],
  ['its own keys', () => Object.getOwnPropertyNames(secret).join()],
])('%s does not show it', (_sink, print) => {
  expect(print()).not.toContain(canary)
})

it('reveals it to who asks', () => {
  expect(secret.reveal()).toBe(canary)
})
