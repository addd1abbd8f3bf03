import { describe, expect, it } from 'vitest'
import { findingOf, reportOf } from './report-fixture.ts'
import { writePage } from './write-page.ts'

const nothing = { report: undefined, curves: undefined, hasPlot: () => true, earlier: '' }

describe('writePage', () => {
  it('keeps the prose and writes the rest anew', () => {
    const first = writePage({ ...nothing, report: reportOf(findingOf('throughput', 9_000)) })
    const edited = first.replace('<!-- PROSE-END -->', 'By hand.\n<!-- PROSE-END -->')
    const second = writePage({ ...nothing, report: reportOf(findingOf('throughput', 7_000)), earlier: edited })
    expect(second).toContain('By hand.')
    expect(second).toContain('7,000 req/s')
    expect(second).not.toContain('9,000 req/s')
    expect(writePage({ ...nothing, report: reportOf(findingOf('throughput', 7_000)), earlier: second })).toBe(second)
  })

  it('names what was missed', () => {
    const page = writePage({ ...nothing, report: reportOf(findingOf('throughput', 7_000), findingOf('body-added', 1)) })
    expect(page).toContain('Missed: one process on one core, every call metered.')
  })

  it('shows plots, and says why one is missing', () => {
    const panels = [{ title: 'memory', unit: 'MB', series: [] }]
    const { at, machine } = reportOf()
    const keys = { name: 'keys', title: 'Keys', over: 'keys', method: 'So it was done.', panels }
    const processes = { name: 'processes', title: 'Processes', skipped: 'no Postgres' }
    const page = writePage({ ...nothing, curves: { version: 1, at, machine, curves: [keys, processes] } })
    expect(page).toContain('![memory over keys](assets/perf-keys.svg)')
    expect(page).toContain('Not measured: no Postgres.')
  })

  it('is whole before the first measurement', () => {
    expect(writePage(nothing)).toContain('No measurements yet.')
  })
})
