import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { createMetrics } from './metrics.ts'

const page = new URL('../../../../docs/operators-running.md', import.meta.url)
const marked = /(<!-- METRICS-START[^\n]*-->\n)([\s\S]*?)(<!-- METRICS-END -->)/

const table = (): string => {
  const rows = createMetrics()
    .describe()
    .map(({ name, type, labels, help }) => {
      const named = labels.map((label) => `\`${label}\``).join(', ')
      return `| \`${name}\` | ${type} | ${named} | ${help} |`
    })
  return ['| metric | type | labels | says |', '|---|---|---|---|', ...rows, ''].join('\n')
}

it('docs/operators-running.md lists exactly the metrics that there are (VENDO_WRITE_DOCS=1 writes the list)', () => {
  const text = readFileSync(page, 'utf8')
  const [, start, listed, end] = marked.exec(text) ?? []
  if (process.env['VENDO_WRITE_DOCS'] === '1')
    writeFileSync(
      page,
      text.replace(marked, () => start + table() + end),
    )
  else expect(listed).toBe(table())
})
