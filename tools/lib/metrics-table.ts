import { createMetrics } from '../../packages/broker/src/observe/metrics.ts'

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

/** The page with the list of metrics between its marks as the code has it now. @throws {Error} when the page has no marks. */
export const withMetrics = (page: string): string => {
  if (!marked.test(page)) throw new Error('The page has no METRICS-START and METRICS-END.')
  return page.replace(marked, (_, start: string, _listed, end: string) => start + table() + end)
}
