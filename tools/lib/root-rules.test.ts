import { expect, it } from 'vitest'
import { findStrays } from './root-rules.ts'

it.each([
  'README.md',
  '.gitignore',
  'package-lock.json',
  'vitest.config.ts',
  'vitest.ledger.config.ts',
  'packages',
  '.ci',
])('%s may stand at the root', (entry) => expect(findStrays([entry])).toEqual([]))

it.each(['isolate-0x1dee1000-7456-v8.log', 'notes.md', 'plan.txt', 'CPU.cpuprofile', '.env', 'scratch', 'test.ts'])(
  '%s may not',
  (entry) => expect(findStrays(['README.md', entry])).toEqual([entry]),
)
