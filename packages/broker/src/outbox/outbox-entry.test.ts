import { describe, expect, it } from 'vitest'
import { decodeEntry } from './decode-entry.ts'
import { encodeEntry } from './outbox-entry.ts'
import { draft } from './test/draft.ts'

const line = encodeEntry({ ...draft('att_1'), decidedAt: 5 })

describe('a line of the outbox', () => {
  it('comes back as it was, beyond what a number holds exactly', () => {
    expect(line).toContain('"9007199254740993"')
    expect(decodeEntry(line)).toEqual({ ...draft('att_1'), decidedAt: 5 })
  })

  it('keeps a meter that this version does not know', () => {
    const newer = line.replace('"quantities":{"input":3}', '"quantities":{"input":3,"holograms":2}')
    expect(decodeEntry(newer).settlement.quantities).toEqual({ input: 3, holograms: 2 })
  })

  it.each([
    ['cut short', line.slice(0, -20)],
    ['of another version', line.replace('"version":1', '"version":2')],
    ['with an amount that is no integer', line.replace('"9007199254740993"', '"1.5"')],
    ['with an amount as a number', line.replace('"9007199254740993"', '9')],
    ['without an attempt', line.replace('"att_1"', '""')],
    ['that is no object', 'null'],
  ])('%s is refused', (_what, broken) => {
    expect(() => decodeEntry(broken)).toThrow()
  })
})
