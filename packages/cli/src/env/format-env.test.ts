import { execFileSync } from 'node:child_process'
import { parseEnv } from 'node:util'
import { parse } from 'dotenv'
import { describe, expect, it } from 'vitest'
import { formatEnv } from './format-env.ts'

const vars = {
  PLAIN: 'http://127.0.0.1:8787/anthropic/v1',
  SPACE: ' a b ',
  HASH: 'a#b # c',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's placeholder, not ours.
  DOLLAR: '$HOME ${HOME} $(id)',
  BACKTICK: '`id`',
  SINGLE: "it's",
  DOUBLE: 'say "hi"',
  BOTH: `it's "so"`,
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

  it('dotenv: refuses what no quote can hold', () => {
    expect(() => formatEnv('dotenv', { X: `'"\`` })).toThrow('X holds every kind of quote')
  })

  it('shell: a POSIX shell reads every value back, and runs none', () => {
    const print = Object.keys(vars).map((name) => `printf '%s\\0' "$${name}"`)
    const script = [formatEnv('shell', vars), ...print].join('\n')
    const read = execFileSync('sh', ['-c', script], { encoding: 'utf8', env: {} }).split('\0').slice(0, -1)
    expect(read).toEqual(Object.values(vars))
  })

  it('json: is JSON', () => {
    expect(JSON.parse(formatEnv('json', vars))).toEqual(vars)
  })
})
