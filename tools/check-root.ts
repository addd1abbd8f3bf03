import { execFileSync } from 'node:child_process'
import { report } from './lib/report.ts'
import { findStrays } from './lib/root-rules.ts'
import { root } from './lib/workspace.ts'

// What git tracks, or would add: a log that is ignored troubles nobody.
const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
const entries = new Set(
  listed
    .toString()
    .split('\0')
    .filter((path) => path !== '')
    .map((path) => path.split('/')[0] ?? ''),
)

report({
  check: 'root',
  findings: findStrays([...entries]),
  remedy: 'Move it into a folder, remove it, or allow it in tools/lib/root-rules.ts.',
  facts: [`${entries.size} entries`],
})
