import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runCommand } from './lib/run-command.ts'
import { root } from './lib/workspace.ts'

// `npm run check`: every convention that a machine can judge. `-- --only layers,shape` runs some, `-- --skip packed` all but some.
const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
const tsc = join(root, 'node_modules/typescript/bin/tsc')

/** Step → arguments of `node`. The first stands alone, because it writes; then the longest first. */
const steps: Readonly<Record<string, readonly string[]>> = {
  generated: ['tools/check-generated.ts'],
  types: [tsc, '-p', '.', '--pretty', 'false'],
  'types-sdk': [tsc, '-p', 'packages/sdk', '--noEmit', '--pretty', 'false'],
  docs: ['tools/check-docs.ts'],
  format: [biome, 'format', '.'],
  lint: [biome, 'lint', '.', '--error-on-warnings'],
  layers: ['tools/check-layers.ts'],
  shape: ['tools/check-shape.ts'],
  root: ['tools/check-root.ts'],
  manifests: ['tools/check-manifests.ts'],
  entrypoints: ['tools/check-entrypoints.ts'],
  packed: ['tools/check-packed.ts'],
}
const names = Object.keys(steps)

const { values } = parseArgs({ options: { only: { type: 'string' }, skip: { type: 'string' } } })
const split = (list: string | undefined): readonly string[] => list?.split(',').map((name) => name.trim()) ?? []
const unknown = [...split(values.only), ...split(values.skip)].filter((name) => !names.includes(name))
if (unknown.length > 0) {
  console.error(`check: there is no step ${unknown.join(', ')}; the steps are ${names.join(', ')}`)
  process.exit(2)
}
const chosen = names.filter(
  (name) => (values.only === undefined || split(values.only).includes(name)) && !split(values.skip).includes(name),
)

const failed: string[] = []
const runStep = async (name: string): Promise<void> => {
  const { code, output, seconds } = await runCommand({ program: process.execPath, args: steps[name] ?? [] })
  console.log(`${code === 0 ? '✓' : '✗'} ${name.padEnd(12)} ${seconds.toFixed(1).padStart(6)} s`)
  if (code === 0) return
  failed.push(name)
  console.log(`${output.trimEnd().replaceAll(/^/gm, '    ')}\n    again: npm run check -- --only ${name}`)
}

const startedAt = performance.now()
const queue = [...chosen]
const takeTurns = async (): Promise<void> => {
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) await runStep(name)
}
if (queue[0] === 'generated') await runStep(queue.shift() ?? '')
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, takeTurns))

const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
console.log(
  failed.length === 0
    ? `check: ${chosen.length} passed, 0 failed in ${seconds} s`
    : `check: ${chosen.length - failed.length} passed, ${failed.length} failed (${failed.join(', ')}) in ${seconds} s`,
)
process.exitCode = failed.length === 0 ? 0 : 1
