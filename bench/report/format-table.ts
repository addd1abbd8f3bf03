import { type Finding, judge, type Verdict } from './finding.ts'
import { targetOf } from './targets.ts'

const words: Readonly<Record<Verdict, string>> = { stretch: 'stretch', must: 'ok', missed: 'MISSED', skipped: '–' }

/** One line of cells for each finding: what, value, range, bounds, verdict, and what it was made from. */
export const tableRows = (findings: readonly Finding[]): readonly (readonly string[])[] =>
  findings.map((finding) => {
    const target = targetOf(finding.target)
    const sign = target.better === 'lower' ? '≤' : '≥'
    const bounds = [
      `${sign} ${number(target.must)}`,
      target.stretch === undefined ? '' : `${sign} ${number(target.stretch)}`,
    ]
    const verdict = words[judge(finding)]
    if ('skipped' in finding) return [target.what, '–', '', ...bounds, verdict, finding.skipped]
    const { median, least, most } = finding.value
    const parts = finding.parts.map(({ name, value, unit }) => `${name} ${number(value)} ${unit}`)
    return [
      target.what,
      `${number(median)} ${target.unit}`,
      `${number(least)}–${number(most)}`,
      ...bounds,
      verdict,
      parts.join(', '),
    ]
  })

/** The heads of {@link tableRows}. */
export const tableHeads: readonly string[] = ['what', 'median', 'range', 'must', 'stretch', 'verdict', 'made from']

/** The table for a terminal. */
export const formatTable = (findings: readonly Finding[]): string => {
  const rows = [tableHeads, ...tableRows(findings)]
  const widths = tableHeads.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('')
}

/** The table for a page. */
export const formatMarkdownTable = (findings: readonly Finding[]): string =>
  [tableHeads, tableHeads.map(() => '---'), ...tableRows(findings)].map((row) => `| ${row.join(' | ')} |\n`).join('')

const number = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0 })
