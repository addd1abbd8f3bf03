import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compareReports, tolerance } from './report/compare-reports.ts'
import type { BenchReport } from './report/finding.ts'
import { targetOf } from './report/targets.ts'

// compare.ts FILE [BASELINE]: holds a report against the committed one. Fails for a ratio that is more than 15 % worse.
const [file, baselineFile = join(import.meta.dirname, 'baseline.json')] = process.argv.slice(2)
if (file === undefined) {
  process.stderr.write('usage: node bench/compare.ts FILE [BASELINE]\n')
  process.exit(2)
}
const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as BenchReport

for (const { target, before, now, worseBy, relative } of compareReports(read(baselineFile), read(file))) {
  const { what, unit } = targetOf(target)
  const worse = worseBy > tolerance
  const mark = worse ? (relative ? 'WORSE ' : 'worse?') : '      '
  const percent = `${worseBy > 0 ? '+' : ''}${(worseBy * 100).toFixed(0)} %`
  process.stdout.write(`${mark}  ${what}: ${before} → ${now} ${unit} (${percent} cost)\n`)
  if (worse && relative) process.exitCode = 1
}
