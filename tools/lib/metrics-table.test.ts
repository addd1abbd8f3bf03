import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { withMetrics } from './metrics-table.ts'
import { root } from './workspace.ts'

const page = readFileSync(join(root, 'docs/operators-running.md'), 'utf8')

it('docs/operators-running.md lists exactly the metrics that there are; `npm run gen` writes the list', () => {
  expect(page).toMatch(/\| `vendo_calls_total` \| counter \|/)
  expect(page).toBe(withMetrics(page))
})

it('a page without the marks is refused, not left alone', () => {
  expect(() => withMetrics('# Running')).toThrow(/METRICS-START/)
})
