import { describe, expect, it } from 'vitest'
import { createProgress } from './progress.ts'
import { describeFailure, describeTally } from './tally.ts'

const written = (isTTY: boolean, work: (progress: ReturnType<typeof createProgress>) => void): string => {
  let text = ''
  work(createProgress({ isTTY, write: (piece) => (text += piece) }, 'exchanges', 20))
  return text
}

describe('describeTally', () => {
  const counts = { exchanges: 240, chunkings: 4, passed: 959, failed: 1 }

  it('says the counts, and why something was skipped', () => {
    expect(describeTally({ ...counts, skipped: new Map([['gemini', 38]]) })).toBe(
      'transcripts: 240 exchanges × 4 chunkings: 959 passed, 1 failed, 38 skipped (gemini: 38, no provider for it yet)',
    )
    expect(describeTally({ ...counts, skipped: new Map() })).toMatch(/1 failed, 0 skipped$/)
  })
})

describe('describeFailure', () => {
  it('indents every line of every problem', () => {
    expect(describeFailure({ label: 'a/b (byte)', problems: ['one\n  - x', 'two'] })).toBe(
      'FAILED a/b (byte)\n  one\n    - x\n  two',
    )
  })
})

describe('createProgress', () => {
  it('writes ten plain lines where nobody watches', () => {
    const text = written(false, ({ step }) => {
      for (let count = 0; count < 20; count++) step()
    })
    expect(text.split('\n')).toHaveLength(11)
    expect(text).not.toContain('\u001b')
  })

  it('updates one line on a terminal and keeps what is printed', () => {
    const text = written(true, ({ step, print }) => {
      step()
      print('stays')
      step()
    })
    expect(text.split('\n')).toEqual(['\r\u001b[2Kexchanges 1/20\r\u001b[2Kstays', '\r\u001b[2Kexchanges 2/20'])
  })
})
