import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type PasswordPlace, passwordFromFile } from './password-file.ts'

const place: PasswordPlace = { host: 'db.internal', port: 5432, database: 'vendo', user: 'op' }
let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vendo-pgpass-'))
  path = join(folder, 'pgpass')
})
afterEach(() => rmSync(folder, { recursive: true }))

const find = async (text: string, where = place) => {
  writeFileSync(path, text, { mode: 0o600 })
  return (await passwordFromFile(where, { PGPASSFILE: path }))?.reveal()
}

it.each([
  ['every field', 'db.internal:5432:vendo:op:test-word'],
  ['stars', '*:*:*:*:test-word'],
  [
    'a comment and other lines before',
    '# db.internal:5432:vendo:op:no\n\nother:5432:vendo:op:no\n*:*:*:op:test-word\n',
  ],
  ['the first of two', 'db.internal:*:*:*:test-word\ndb.internal:5432:vendo:op:no'],
  ['line ends of Windows', '*:*:*:*:test-word\r\n'],
])('a password is found by %s', async (_rule, text) => {
  expect(await find(text)).toBe('test-word')
})

it.each([
  ['another host', 'db:5432:vendo:op:x'],
  ['another port', '*:5433:*:*:x'],
  ['another database', '*:*:other:*:x'],
  ['another user', '*:*:*:root:x'],
  ['no password', '*:*:*:*:'],
  ['too few fields', '*:*:*:x'],
  ['nothing', ''],
])('a line with %s is passed over', async (_rule, text) => {
  expect(await find(text)).toBeUndefined()
})

it('colons and backslashes are written with a backslash, and those of a password need none', async () => {
  expect(await find('*:*:ven\\:do:o\\\\p:a:b\\\\c\\:d', { ...place, database: 'ven:do', user: 'o\\p' })).toBe(
    'a:b\\c:d',
  )
})

it('localhost stands for the usual sockets, and for no others', async () => {
  const text = 'localhost:5432:*:*:test-word'
  expect(await find(text, { ...place, host: '/var/run/postgresql' })).toBe('test-word')
  expect(await find(text, { ...place, host: '/srv/elsewhere' })).toBeUndefined()
})

it('a file that others may read, or that is none, counts as missing; without PGPASSFILE it is ~/.pgpass', async () => {
  expect(await find('*:*:*:*:test-word')).toBe('test-word')
  chmodSync(path, 0o640)
  expect(await passwordFromFile(place, { PGPASSFILE: path })).toBeUndefined()
  mkdirSync(join(folder, 'folder'), { mode: 0o700 })
  expect(await passwordFromFile(place, { PGPASSFILE: join(folder, 'folder') })).toBeUndefined()
  writeFileSync(join(folder, '.pgpass'), '*:*:*:*:at-home', { mode: 0o600 })
  expect((await passwordFromFile(place, { HOME: folder }))?.reveal()).toBe('at-home')
})
