import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { report } from './lib/report.ts'
import { runCommand } from './lib/run-command.ts'
import { listFiles, root } from './lib/workspace.ts'

// Generated files are committed; generating them again must change nothing.
const generated = ['**/*.gen.ts', 'docs/reference/*.{md,json}', 'docs/operators-running.md']

const digest = (): ReadonlyMap<string, string> =>
  new Map(
    listFiles(generated).map((path) => [
      path,
      createHash('sha256')
        .update(readFileSync(join(root, path)))
        .digest('hex'),
    ]),
  )

const before = digest()
const generators = ['tools/gen-catalog.ts', 'tools/gen-errors.ts', 'tools/gen-metrics.ts', 'tools/gen-openapi.ts']
const failures: string[] = []
for (const generator of generators) {
  const { code, output } = await runCommand({
    program: process.execPath,
    args: ['--conditions=vendo-source', generator],
  })
  if (code !== 0) failures.push(`${generator} failed:\n${output}`)
}
const after = digest()
const changed = [...after].filter(([path, hash]) => before.get(path) !== hash).map(([path]) => path)

// Equal to the disk is not yet equal to the commit: in CI both are the same, on a desk git tells the difference.
const { output: uncommitted } = await runCommand({
  program: 'git',
  args: ['status', '--porcelain', '--', ...generated.map((pattern) => `:(glob)${pattern}`)],
})

report({
  check: 'generated',
  findings: [...failures, ...changed.map((path) => `${path}:1 was out of date (it is regenerated now)`)],
  remedy: 'Run `npm run gen` and commit the result; never edit a generated file by hand.',
  facts: [`${after.size} files${uncommitted.trim() === '' ? '' : `, not committed yet:\n${uncommitted.trimEnd()}`}`],
})
