import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMultipartScan, type MultipartScan } from './multipart-scanner.ts'

const terms = { boundary: '----b0undary', names: ['model', 'response_format'], mostFieldBytes: 64 }

const part = (head: string, content: string) => `------b0undary\r\n${head}\r\n\r\n${content}\r\n`
const field = (name: string, text: string) => part(`Content-Disposition: form-data; name="${name}"`, text)
const file = (content: string, more = '') =>
  part(`Content-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav${more}`, content)
const end = '------b0undary--\r\n'

const scan = (text: string, size = Number.POSITIVE_INFINITY): MultipartScan => {
  const machine = createMultipartScan(terms)
  const bytes = Buffer.from(text, 'latin1')
  for (let start = 0; start < bytes.length; start += size) machine.push(bytes.subarray(start, start + size))
  return machine
}

const told = ({ fields, closed, problem }: MultipartScan) => ({ fields: Object.fromEntries(fields), closed, problem })

const model = { model: 'whisper-1' }

describe('fields', () => {
  const forms: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
    ['before the file', field('model', 'whisper-1') + file('sound') + end, model],
    ['behind the file', file('sound') + field('model', 'whisper-1') + end, model],
    ['without a line end at the end', field('model', 'whisper-1') + end.slice(0, -2), model],
    ['of names that nobody asked for', field('language', 'en') + field('model', 'whisper-1') + end, model],
    [
      'with line ends inside',
      field('model', 'a\r\nb\n\r') + field('response_format', '') + end,
      { model: 'a\r\nb\n\r', response_format: '' },
    ],
    ['unquoted and in capitals', part('CONTENT-DISPOSITION: FORM-DATA; NAME=model', 'whisper-1') + end, model],
    [
      'with a type',
      part('content-type: text/plain\r\ncontent-disposition:form-data; name="model"', 'm') + end,
      { model: 'm' },
    ],
    ['none', file('sound') + end, {}],
    [
      'in a file of lines and half a boundary',
      file('\r\n--\r\n------b0\n----\r\r\n') + field('model', 'whisper-1') + end,
      model,
    ],
    [
      'with an encoding that is none',
      file('x', '\r\nContent-Transfer-Encoding: binary') + field('model', 'whisper-1') + end,
      model,
    ],
    ['as long as may be', field('model', 'm'.repeat(64)) + end, { model: 'm'.repeat(64) }],
    [
      'beside a file whose name has every odd letter',
      part(
        `Content-Disposition: form-data; name="file"; filename="C:\\a; name=model é'.wav"; filename*=utf-8''a`,
        'x',
      ) +
        field('model', 'whisper-1') +
        end,
      model,
    ],
  ]

  it.each(forms)('%s, whole and byte by byte', (_name, form, expected) => {
    for (const size of [Number.POSITIVE_INFINITY, 1, 2, 7]) {
      expect(told(scan(form, size))).toEqual({ fields: expected, closed: true, problem: undefined })
    }
  })

  it.each(forms)('%s, cut in two anywhere', (_name, form, expected) => {
    const bytes = Buffer.from(form, 'latin1')
    for (let cut = 0; cut <= bytes.length; cut++) {
      const machine = createMultipartScan(terms)
      machine.push(bytes.subarray(0, cut))
      expect(machine.problem).toBe(undefined)
      machine.push(bytes.subarray(cut))
      expect(told(machine)).toEqual({ fields: expected, closed: true, problem: undefined })
    }
  })

  it('are told as soon as they are whole', () => {
    const machine = scan(field('model', 'whisper-1').slice(0, -1))
    expect([...machine.fields]).toEqual([])
    machine.push(Buffer.from('\n------b0undary'))
    expect([...machine.fields]).toEqual([['model', 'whisper-1']])
    expect(machine.closed).toBe(false)
  })

  it('of any content survive any splits', () => {
    const text = fc.string({ unit: fc.constantFrom('\r', '\n', '-', 'b', '0', 'x'), maxLength: 40 })
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(text, text, sizes, (value, sound, lengths) => {
        const bytes = Buffer.from(field('model', value) + file(sound) + field('response_format', 'json') + end)
        const machine = createMultipartScan(terms)
        for (let start = 0, turn = 0; start < bytes.length; turn++) {
          const size = lengths[turn % lengths.length] ?? 1
          machine.push(bytes.subarray(start, start + size))
          start += size
        }
        expect(told(machine)).toEqual({
          fields: { model: value, response_format: 'json' },
          closed: true,
          problem: undefined,
        })
      }),
    )
  })
})

describe('what is not whole has no end and no problem', () => {
  const form = file('sound') + field('model', 'whisper-1') + end.slice(0, -2)
  it.each([0, 1, 16, 40, form.length - 2, form.length - 1])('cut after %i bytes', (length) => {
    expect(told(scan(form.slice(0, length)))).toMatchObject({ closed: false, problem: undefined })
  })
})

describe('what one reader could take for another form than the next one does', () => {
  const good = field('model', 'whisper-1')
  const bad: readonly (readonly [string, string, RegExp])[] = [
    ['a preamble', `hello\r\n${good}${end}`, /does not begin/],
    ['another boundary', '--other\r\n', /does not begin/],
    ['something behind the end', `${good}${end}x`, /behind its end/],
    ['a second form behind the end', `${good}${end}${good}${end}`, /behind its end/],
    ['padding behind a boundary', good.replace('b0undary\r\n', 'b0undary \r\n') + end, /behind a boundary/],
    ['a longer boundary', `${good}------b0undary2\r\n`, /behind a boundary/],
    ['a boundary after a bare line feed', `${file('x\n------b0undary\r\n')}${end}`, /line of its own/],
    [
      'a boundary right behind the headers',
      part('content-disposition: form-data; name="a"', '').slice(0, -2) + end,
      /line of its own/,
    ],
    ['a field twice', good + good + end, /field model twice/],
    [
      'a field twice, the second unfinished',
      `${good}------b0undary\r\ncontent-disposition: form-data; name=model\r\n\r\n`,
      /twice/,
    ],
    [
      'a field that is a file',
      part('content-disposition: form-data; name="model"; filename="a"', 'x') + end,
      /is a file/,
    ],
    [
      'a field that is a file by its other name',
      part(`content-disposition: form-data; name="model"; filename*=utf-8''a`, 'x') + end,
      /is a file/,
    ],
    ['a field that is too long', field('model', 'm'.repeat(65)) + end, /longer than 64 bytes/],
    ['headers without an end', `------b0undary\r\n${'a: b\r\n'.repeat(2_000)}`, /too long/],
  ]
  const heads: readonly (readonly [string, string])[] = [
    ['no headers', ''],
    ['no disposition', 'content-type: text/plain'],
    ['another disposition', 'content-disposition: attachment; name="model"'],
    ['no name', 'content-disposition: form-data'],
    ['two names', 'content-disposition: form-data; name="a"; name="model"'],
    ['two names, one in capitals', 'content-disposition: form-data; name="a"; NAME="model"'],
    ['an extended name', `content-disposition: form-data; name*=utf-8''model`],
    ['a continued name', 'content-disposition: form-data; name*0="mo"; name*1="del"'],
    ['an escaped name', 'content-disposition: form-data; name="mo\\del"'],
    ['an escaped quote', 'content-disposition: form-data; filename="a\\"; name="model"'],
    ['an open quote', 'content-disposition: form-data; name="model'],
    ['two dispositions', 'content-disposition: form-data; name="a"\r\ncontent-disposition: form-data; name="model"'],
    ['a folded line', 'content-disposition: form-data;\r\n name="model"'],
    ['a space before the colon', 'content-disposition : form-data; name="model"'],
    ['a bare line feed', 'content-disposition: form-data; name="a"\nx: y'],
    ['a bare carriage return', 'content-disposition: form-data; name="a"\rx'],
    ['a NUL', 'content-disposition: form-data; name="model\0"'],
    ['a transfer encoding', 'content-disposition: form-data; name="model"\r\ncontent-transfer-encoding: base64'],
  ]
  const rows = [
    ...bad,
    ...heads.map(
      ([name, head]) =>
        [name, `------b0undary\r\n${head === '' ? '' : `${head}\r\n`}\r\nx\r\n${end}`, /headers/] as const,
    ),
  ]
  it.each(rows)('%s', (_name, form, problem) => {
    for (const size of [Number.POSITIVE_INFINITY, 1, 3]) {
      const found = scan(form, size)
      expect(found.problem).toMatch(problem)
      expect(found.closed).toBe(false)
    }
  })
})

it('keeps nothing of a file', () => {
  const machine = createMultipartScan(terms)
  machine.push(Buffer.from(file('').slice(0, -2)))
  const before = process.memoryUsage().arrayBuffers
  const chunk = Buffer.alloc(65_536, '\r\n-')
  for (let count = 0; count < 320; count++) machine.push(chunk)
  machine.push(Buffer.from(`\r\n${field('model', 'whisper-1')}${end}`))
  expect(told(machine)).toEqual({ fields: model, closed: true, problem: undefined })
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000)
})
