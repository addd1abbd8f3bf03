import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { assets, type CurvesReport, curvesFile } from './curves/curves-report.ts'
import type { BenchReport } from './report/finding.ts'
import { writePage } from './report/write-page.ts'

// write-docs.ts [REPORT]: makes docs/performance.md from a report (default: the baseline) and the curves.
const [reportFile = join(import.meta.dirname, 'baseline.json')] = process.argv.slice(2)
const page = join(import.meta.dirname, '..', 'docs', 'performance.md')
const read = <T>(path: string): T | undefined =>
  existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : undefined

const text = writePage({
  report: read<BenchReport>(reportFile),
  curves: read<CurvesReport>(curvesFile),
  hasPlot: (name) => existsSync(join(assets, `perf-${name}.svg`)),
  earlier: existsSync(page) ? readFileSync(page, 'utf8') : '',
})
writeFileSync(page, text)
