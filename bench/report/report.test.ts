import { describe, expect, it } from 'vitest'
import { compareReports, tolerance } from './compare-reports.ts'
import { judge } from './finding.ts'
import { formatTable } from './format-table.ts'
import { mergeFindings } from './merge-findings.ts'
import { findingOf, reportOf } from './report-fixture.ts'
import { selfTimes } from './self-times.ts'
import { type TargetId, targetIds, targetOf } from './targets.ts'

describe('mergeFindings', () => {
  it('keeps what was not measured again, in the order of the table', () => {
    const earlier = [findingOf('json-vs-nginx', 5), findingOf('cold-start', 300)]
    const now = [findingOf('cold-start', 400), findingOf('throughput', 9_000)]
    expect(mergeFindings(earlier, now)).toEqual([
      findingOf('json-vs-nginx', 5),
      findingOf('throughput', 9_000),
      findingOf('cold-start', 400),
    ])
  })
})

describe('judge', () => {
  const rows: readonly [TargetId, number, string][] = [
    ['json-vs-nginx', 4, 'stretch'],
    ['json-vs-nginx', 4.1, 'must'],
    ['json-vs-nginx', 5.1, 'missed'],
    ['throughput', 10_000, 'stretch'],
    ['throughput', 7_500, 'must'],
    ['throughput', 7_499, 'missed'],
    ['body-added', 1, 'must'],
  ]
  it.each(rows)('%s at %d is %s', (target, value, verdict) => {
    expect(judge(findingOf(target, value))).toBe(verdict)
  })

  it('says nothing about what was skipped', () => {
    expect(judge({ target: 'memory-soak', skipped: 'no time' })).toBe('skipped')
  })
})

describe('targets', () => {
  it.each(targetIds)('%s strives for more than it must', (id) => {
    const { must, stretch = must, better } = targetOf(id)
    expect(better === 'lower' ? stretch <= must : stretch >= must).toBe(true)
  })
})

describe('compareReports', () => {
  it('sees a ratio that got worse', () => {
    const [change] = compareReports(reportOf(findingOf('json-vs-nginx', 4)), reportOf(findingOf('json-vs-nginx', 5)))
    expect(change).toMatchObject({ worseBy: 0.25, relative: true })
    expect(change?.worseBy).toBeGreaterThan(tolerance)
  })

  it('takes less throughput for worse', () => {
    const [change] = compareReports(reportOf(findingOf('throughput', 9_000)), reportOf(findingOf('throughput', 6_000)))
    expect(change).toMatchObject({ worseBy: 0.5, relative: false })
  })

  it('says nothing about what only one of them measured', () => {
    const skipped = { target: 'throughput', skipped: 'failed' } as const
    expect(compareReports(reportOf(skipped), reportOf(findingOf('throughput', 1)))).toEqual([])
    expect(compareReports(reportOf(findingOf('throughput', 1)), reportOf(skipped))).toEqual([])
  })
})

describe('formatTable', () => {
  it('shows value, bounds, verdict, and what it was made from', () => {
    const finding = { ...findingOf('json-vs-nginx', 4.2), parts: [{ name: 'nginx', value: 22.4, unit: 'µs' }] }
    const [, row] = formatTable([finding]).split('\n')
    expect(row).toMatch(/CPU per JSON request +4\.2 × nginx +4\.2–4\.2 +≤ 5 +≤ 4 +ok +nginx 22\.4 µs/)
  })

  it('says why something is missing', () => {
    expect(formatTable([{ target: 'memory-soak', skipped: 'no time' }])).toContain('no time')
  })
})

describe('selfTimes', () => {
  it('adds up by function and leaves waiting out', () => {
    const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 4 })
    const nodes = [
      { id: 1, callFrame: frame('(idle)') },
      { id: 2, callFrame: frame('relay', 'file:///work/packages/broker/src/relay.ts') },
      { id: 3, callFrame: frame('write') },
    ]
    const { busyMillis, rows } = selfTimes({ nodes, samples: [1, 2, 3, 2], timeDeltas: [900, 1_000, 1_000, 2_000] })
    expect(busyMillis).toBe(4)
    expect(rows).toEqual([
      { name: 'relay packages/broker/src/relay.ts:5', millis: 3, share: 0.75 },
      { name: 'write', millis: 1, share: 0.25 },
    ])
  })
})
