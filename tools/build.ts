import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runCommand } from './lib/run-command.ts'
import { listPackages, root } from './lib/workspace.ts'

// Builds what is published, in the order in which the packages need each other: `npm run build -- [package …]`.
// Nothing in the clone needs it: sources run as they are.
const order = ['contract', 'wire', 'integrations', 'sdk', 'broker', 'gateway', 'cli']
const { positionals } = parseArgs({ allowPositionals: true })

const packages = listPackages().filter(({ manifest }) => manifest.private !== true)
const unplaced = packages.filter(({ short }) => !order.includes(short))
const unknown = positionals.filter((name) => !packages.some(({ short }) => short === name))
const chosen = packages.filter(({ short }) => positionals.length === 0 || positionals.includes(short))
const unconfigured = chosen.filter(({ folder }) => !existsSync(join(root, folder, 'tsup.config.ts')))

for (const { short } of unplaced) console.error(`build: give packages/${short} a place in \`order\` of tools/build.ts`)
for (const name of unknown) console.error(`build: there is no public package ${name}: ${packages.map((p) => p.short)}`)
for (const { folder } of unconfigured) console.error(`build: ${folder}/tsup.config.ts is missing`)
if (unplaced.length + unknown.length + unconfigured.length > 0) process.exit(2)

for (const short of order) {
  const target = chosen.find((candidate) => candidate.short === short)
  if (target === undefined) continue
  const tsup = join(root, 'node_modules/tsup/dist/cli-default.js')
  const { code, output, seconds } = await runCommand({
    program: process.execPath,
    args: [tsup],
    cwd: join(root, target.folder),
  })
  console.log(`${code === 0 ? '✓' : '✗'} ${short} ${seconds.toFixed(1)} s`)
  if (code !== 0) {
    console.error(output)
    console.error(`build: ${short} failed. \`npx tsc -p .\` shows type errors of the sources with their lines.`)
    process.exit(1)
  }
}
