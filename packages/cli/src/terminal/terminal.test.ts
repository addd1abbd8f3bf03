import { createVendoError } from '@vendo/contract'
import { describe, expect, it } from 'vitest'
import { CliError } from './cli-error.ts'
import { formatCsv } from './format-csv.ts'
import { formatTable } from './format-table.ts'
import { paintFor } from './paint.ts'
import { parseExpiry } from './parse-expiry.ts'
import { parseSeconds } from './parse-seconds.ts'
import { parseUsd } from './parse-usd.ts'
import { writeFailure } from './write-failure.ts'

describe('formatTable', () => {
  it('aligns by what is seen, not by escapes', () => {
    const rows = [
      ['\u001b[1mab\u001b[22m', '1'],
      ['c', '20'],
    ]
    expect(formatTable([{ title: 'x' }, { title: 'n', align: 'right' }], rows)).toBe(
      'x    n\n\u001b[1mab\u001b[22m   1\nc   20\n',
    )
  })
})

describe('formatCsv', () => {
  it('quotes where needed, and disarms formulas but not amounts', () => {
    expect(formatCsv([['a,b', 'say "x"', '=1+1', '-0.5', '-x']])).toBe(`"a,b","say ""x""",'=1+1,-0.5,'-x\r\n`)
  })
})

describe('paintFor', () => {
  const terminal = { isTTY: true, write: () => {} }
  it.each([
    ['a terminal', {}, terminal, true],
    ['NO_COLOR', { NO_COLOR: '1' }, terminal, false],
    ['an empty NO_COLOR', { NO_COLOR: '' }, terminal, true],
    ['a dumb terminal', { TERM: 'dumb' }, terminal, false],
    ['a pipe', {}, { write: () => {} }, false],
  ])('%s', (_, env, output, colour) => {
    expect(paintFor({ env }, output).red('x') !== 'x').toBe(colour)
  })
})

describe('writeFailure', () => {
  const said = (failure: unknown) => {
    let text = ''
    const code = writeFailure({ env: {}, errors: { write: (piece) => (text += piece) } }, failure)
    return [code, text]
  }

  it.each([
    ['what and what next', new CliError('it broke', 'Fix it.'), [1, 'vendo: It broke. Fix it.\n']],
    ['its exit code', new CliError('Gone.', undefined, 127), [127, 'vendo: Gone.\n']],
    ['no advice twice', new CliError('Gone. Fix it.', 'Fix it.'), [1, 'vendo: Gone. Fix it.\n']],
    ['one line', new CliError('one\n  two\u001b[2J'), [1, 'vendo: One two\ufffd[2J\n']],
    [
      'the hint of a code',
      createVendoError('No.', { code: 'rate_limited' }),
      [1, 'vendo: No. Wait as long as `Retry-After` says.\n'],
    ],
  ])('says %s', (_, failure, expected) => {
    expect(said(failure)).toEqual(expected)
  })

  it('shows no stack for a fault of its own', () => {
    expect(said(new TypeError('x is not a function'))[1]).not.toMatch(/\n.+\n|at /)
  })
})

describe('parsers of option values', () => {
  it.each(['0', '-1', '1e3', 'x', '1.0000000001'])('parseUsd refuses %s', (text) => {
    expect(() => parseUsd(text)).toThrow('US dollars')
  })

  it.each([
    ['$0.50', '0.50'],
    [' 12 ', '12'],
  ])('parseUsd takes %j', (text, usd) => {
    expect(parseUsd(text)).toBe(usd)
  })

  it.each([
    ['0', 0],
    ['30', 30],
    ['3600', 3600],
  ])('parseSeconds takes %s', (text, seconds) => {
    expect(parseSeconds(text)).toBe(seconds)
  })

  it.each(['3601', '-1', '1.5', '5s', ''])('parseSeconds refuses %j', (text) => {
    expect(() => parseSeconds(text)).toThrow('0 to 3600')
  })

  it('parseExpiry takes spans and instants of the future', () => {
    const inTwelveHours = Date.parse(parseExpiry('12h')) - Date.now()
    expect(Math.abs(inTwelveHours - 12 * 3_600_000)).toBeLessThan(5_000)
    expect(parseExpiry('2999-01-01')).toBe('2999-01-01T00:00:00.000Z')
    for (const text of ['0d', '2001-01-01', 'soon', '1y']) expect(() => parseExpiry(text)).toThrow('future')
  })
})
