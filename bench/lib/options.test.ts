import { describe, expect, it } from 'vitest'
import { parseOptions } from './options.ts'

describe('parseOptions', () => {
  it.each([
    ['nothing asked', [], { quick: false, curves: false, portkey: false, only: [] }],
    ['--soak is ten minutes', ['--soak'], { soakSeconds: 600 }],
    ['--soak=30 is half of one', ['--soak=30'], { soakSeconds: 30 }],
    ['--only adds up', ['--only', 'json', '--only', 'sdk'], { only: ['json', 'sdk'] }],
    ['a report', ['--quick', '--json', 'r.json'], { quick: true, json: 'r.json' }],
  ])('%s', (_, args, expected) => {
    expect(parseOptions(args)).toMatchObject(expected)
  })

  it.each([[['--fast']], [['--rounds', 'many']], [['--seconds', '-1']]])('refuses %j', (args) => {
    expect(() => parseOptions(args)).toThrow(TypeError)
  })
})
