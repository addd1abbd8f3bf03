import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withMetrics } from './lib/metrics-table.ts'

// Writes the list of metrics into the operators' page; the prose around it stays.
const page = join(import.meta.dirname, '../docs/operators-running.md')
writeFileSync(page, withMetrics(readFileSync(page, 'utf8')))
