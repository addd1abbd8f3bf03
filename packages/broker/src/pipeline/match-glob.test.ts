import { expect, it } from 'vitest'
import { matchGlob } from './match-glob.ts'

it.each([
  ['claude-haiku-*', 'claude-haiku-4-5', true],
  ['claude-haiku-*', 'claude-sonnet-4-5', false],
  ['*', 'anything', true],
  ['*-mini', 'gpt-5-mini', true],
  ['*-mini', 'gpt-5-mini-2025', false],
  ['gpt-*-mini', 'gpt-mini', false],
  ['gpt-*-mini', 'gpt-5-mini', true],
  ['a*a', 'a', false],
  ['a*b*c', 'a1b2c', true],
  ['gpt-4o', 'gpt-4o', true],
  ['gpt-4o', 'gpt-4o-mini', false],
  ['gpt.4o', 'gpt-4o', false],
])('%s on %s is %s', (glob, name, expected) => {
  expect(matchGlob(glob, name)).toBe(expected)
})
