import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { parse } from 'dotenv'
import { describe, expect, it, onTestFinished } from 'vitest'
import { formatDotenv, formatEnv } from './format-env.ts'

const vars = {
  PLAIN: 'http://127.0.0.1:8787/anthropic/v1',
  SPACE: ' a b ',
  HASH: 'a#b # c',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's placeholder, not ours.
  DOLLAR: '$HOME ${HOME} $(id)',
  BACKTICK: '`id`',
  SINGLE: "it's",
  DOUBLE: 'say "hi"',
  SINGLE_LINES: "it's\ntwo",
  BACKSLASH: 'C:\\new\\table',
  LINES: 'one\ntwo\n',
  UNICODE: 'grüße 🎉',
}

describe('formatEnv', () => {
  it.each(Object.entries(vars))('dotenv: dotenv and node --env-file read %s back', (name, value) => {
    const text = formatEnv('dotenv', { [name]: value })
    expect(parse(text)).toEqual({ [name]: value })
    expect(parseEnv(text)).toEqual({ [name]: value })
  })

  it.each(Object.entries(vars))(
    'dotenv: a shell that sources the file reads %s back, and runs nothing',
    (name, value) => {
      const folder = mkdtempSync(join(tmpdir(), 'vendo-env-'))
      onTestFinished(() => rmSync(folder, { recursive: true }))
      writeFileSync(join(folder, 'app.env'), formatEnv('dotenv', { [name]: value }))
      const script = `set -a; . ./app.env; printf '%s' "$${name}"`
      expect(execFileSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8', env: {} })).toBe(value)
    },
  )

  it.each([
    ['both quotes', `it's "so"`],
    ['a single quote beside a command', "it's $(id)"],
    ['a single quote beside a backtick', "it's `id`"],
    ['a single quote beside a backslash', "it's \\x"],
    ['a single quote beside a variable', "it's $HOME"],
    ['a carriage return', 'a\r\nb'],
    ['a NUL', 'a\0b'],
  ])('dotenv: refuses %s, and a file leaves only that one out', (_, value) => {
    expect(() => formatEnv('dotenv', { X: value })).toThrow('The value of X cannot stand in a file')
    expect(formatDotenv({ A: '1', X: value, B: '2' })).toEqual({ text: 'A=1\nB=2\n', leftOut: ['X'] })
  })

  it.each(['dotenv', 'shell'] as const)('%s: refuses a name that is more than a name', (format) => {
    expect(() => formatEnv(format, { 'X=$(id); Y': '1' })).toThrow('is no name of a variable')
  })

  it('shell: a POSIX shell reads every value back, and runs none', () => {
    const print = Object.keys(vars).map((name) => `printf '%s\\0' "$${name}"`)
    const script = [formatEnv('shell', vars), ...print].join('\n')
    const read = execFileSync('sh', ['-c', script], { encoding: 'utf8', env: {} }).split('\0').slice(0, -1)
    expect(read).toEqual(Object.values(vars))
  })

  it('shell: refuses a NUL, which no variable can hold', () => {
    expect(() => formatEnv('shell', { X: 'a\0b' })).toThrow('X holds a NUL')
  })

  it('json: is JSON', () => {
    expect(JSON.parse(formatEnv('json', vars))).toEqual(vars)
  })
})
