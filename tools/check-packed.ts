import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { findRuntimes, type Runtime } from './lib/find-runtimes.ts'
import { listEntries, probeBareContext, probeCommand, probeRuntime, probeTypes } from './lib/packed-probes.ts'
import { createPackedProject, type PackedProject } from './lib/packed-project.ts'
import { report } from './lib/report.ts'
import { runCommand } from './lib/run-command.ts'
import { listPackages, root, type WorkspacePackage } from './lib/workspace.ts'

// What strangers install is what is tested: `node tools/check-packed.ts [package …]`. Needs the npm registry.
const { positionals, values } = parseArgs({ allowPositionals: true, options: { keep: { type: 'boolean' } } })
const packages = listPackages().filter(
  ({ short, manifest }) => manifest.private !== true && (positionals.length === 0 || positionals.includes(short)),
)
const runsOn20 = ['contract', 'integrations', 'sdk']
const entriesFor = (major: number): readonly WorkspacePackage[] =>
  packages.filter(({ short }) => major >= 22 || runsOn20.includes(short))
const findings: string[] = []
const facts: string[] = []

const lint = async ({ manifest }: WorkspacePackage, tarball: string): Promise<void> => {
  const entries = listEntries({ manifest, short: '', folder: '' })
  const bin = (name: string) => join(root, 'node_modules/.bin', name)
  const profile = entries.every(({ dual }) => dual) ? 'node16' : 'esm-only'
  const commands = [
    { program: bin('publint'), args: ['run', tarball, '--strict'] },
    // A package that only brings a command has no types to look at.
    ...(entries.length === 0
      ? []
      : [
          {
            program: bin('attw'),
            args: [tarball, '--profile', profile, '--format', 'ascii', '--no-emoji', '--no-color'],
          },
        ]),
  ]
  for (const command of commands) {
    const { code, output } = await runCommand(command)
    if (code !== 0) findings.push(`${command.program.split('/').at(-1)} on ${manifest.name}:\n${output.trim()}`)
  }
}

const probe = async (project: PackedProject, runtime: Runtime): Promise<void> => {
  if ('missing' in runtime) {
    facts.push(`skipped ${runtime.name}: ${runtime.missing}`)
    return
  }
  const major = runtime.name === 'bun' ? 20 : Number.parseInt(runtime.version, 10)
  const entries = entriesFor(major).flatMap(listEntries)
  findings.push(...(await probeRuntime(project.folder, runtime, entries)))
  const hasCommand = packages.some(({ short }) => short === 'cli') && runtime.name !== 'bun'
  if (hasCommand) findings.push(...(await probeCommand(project.folder, runtime)))
  facts.push(`${runtime.name} (${runtime.version}): ${entries.length} entries imported`)
}

const build = await runCommand({ program: process.execPath, args: ['tools/build.ts', ...positionals] })
if (build.code !== 0) {
  console.error(`${build.output.trim()}\npacked: nothing to pack, because the build failed.`)
  process.exit(1)
}
const project = await createPackedProject(packages)
findings.push(...project.problems)
for (const target of packages) await lint(target, project.tarballs[target.manifest.name] ?? '')
for (const runtime of await findRuntimes(join(project.folder, 'runtimes'))) await probe(project, runtime)
findings.push(...(await probeTypes(project.folder, packages.flatMap(listEntries))))
if (packages.some(({ short }) => short === 'sdk')) findings.push(...(await probeBareContext(project.folder)))
if (values.keep === true) facts.push(`kept ${project.folder}`)
else rmSync(project.folder, { recursive: true, force: true })

report({
  check: 'packed',
  findings,
  remedy: 'Look at `exports`, `files` and tsup.config.ts of the package; `--keep` leaves the project to look into.',
  facts: [`${packages.length} packages packed and installed together`, ...facts],
})
