import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createStateDirectory, ignoresEverything, stateDirectoryIn } from './state-directory.ts'

it.each([
  ['missing', undefined],
  ['empty, as a full disk leaves it', ''],
  ['without the rule', '# nothing\n'],
  ['with an exception', '*\n!vault.key\n'],
  ['with a rule that git reads as another name', ' *\n'],
  ['for some files only', '*.key\n*.sqlite\n'],
])('a .gitignore that is %s is noticed, and replaced at the next start', (_case, text) => {
  const directory = stateDirectoryIn(mkdtempSync(join(tmpdir(), 'vendo-state-')))
  mkdirSync(directory.path)
  if (text !== undefined) writeFileSync(join(directory.path, '.gitignore'), text)
  expect(ignoresEverything(directory.path)).toBe(false)
  createStateDirectory(directory)
  expect(readFileSync(join(directory.path, '.gitignore'), 'utf8')).toBe('*\n')
  expect(readdirSync(directory.path)).toEqual(['.gitignore'])
})

it.each([
  ['with a comment', '# mine\n*\n'],
  ['with more rules than needed', 'ledger.sqlite\r\n*\r\nvault.key\r\n'],
  ['in other words', '/**\n'],
  ['with an exception for itself', '*\n!.gitignore\n'],
  ['with an exception that it takes back', '!vault.key\n*\n'],
])('a .gitignore of somebody that covers everything, %s, stays byte for byte', (_case, text) => {
  const directory = stateDirectoryIn(mkdtempSync(join(tmpdir(), 'vendo-state-')))
  mkdirSync(directory.path)
  writeFileSync(join(directory.path, '.gitignore'), text)
  createStateDirectory(directory)
  expect(readFileSync(join(directory.path, '.gitignore'), 'utf8')).toBe(text)
})
