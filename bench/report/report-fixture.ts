import type { BenchReport, Finding } from './finding.ts'
import type { TargetId } from './targets.ts'

/** A finding whose rounds all gave the same. */
export const findingOf = (target: TargetId, median: number): Finding => ({
  target,
  value: { median, least: median, most: median, count: 3 },
  parts: [],
})

/** A report of a made-up machine. */
export const reportOf = (...findings: readonly Finding[]): BenchReport => ({
  version: 1,
  at: '2026-11-20T10:00:00.000Z',
  machine: {
    processor: 'Sample CPU',
    cores: 2,
    memoryGiB: 8,
    kernel: '6.1',
    node: 'v24.0.0',
    disk: { kind: 'ext4', fsyncMicros: 80 },
    pinned: true,
    nativeLoad: true,
    commit: 'abc1234',
  },
  mode: 'full',
  compared: { nginx: '1.22.1' },
  findings,
})
