import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand, runOrThrow } from './run-command.ts'
import { root, type WorkspacePackage } from './workspace.ts'

/** A project outside the repository that has the tarballs installed, as a stranger's would. */
export interface PackedProject {
  readonly folder: string
  /** Package name → path of its tarball. */
  readonly tarballs: Readonly<Record<string, string>>
  /** What is missing from a tarball, or should not be in it. */
  readonly problems: readonly string[]
}

const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']

const unwanted = /\.test\.|(^|\/)(test|fixtures|src)\/|(^|\/)\.|\.tsbuildinfo$/

const judgeContents = (name: string, paths: readonly string[]): readonly string[] => [
  ...['README.md', 'LICENSE']
    .filter((path) => !paths.includes(path))
    .map((path) => `${name} is packed without ${path}`),
  ...paths.filter((path) => unwanted.test(path)).map((path) => `${name} packs ${path}, which nobody needs`),
]

interface Packed {
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

const pack = async (target: WorkspacePackage, destination: string): Promise<Packed> => {
  const args = ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', destination]
  const output = await runOrThrow({ program: 'npm', args, cwd: join(root, target.folder) })
  const [packed] = Object.values(JSON.parse(output) as Record<string, Packed>)
  if (packed === undefined) throw new Error(`npm pack said nothing about ${target.manifest.name}`)
  return packed
}

/** Packs the packages and installs the tarballs together, so that none comes from a registry. No script runs. */
export const createPackedProject = async (packages: readonly WorkspacePackage[]): Promise<PackedProject> => {
  const folder = mkdtempSync(join(tmpdir(), 'vendo-packed-'))
  const tarballs: Record<string, string> = {}
  const problems: string[] = []
  for (const target of packages) {
    const { filename, files } = await pack(target, folder)
    tarballs[target.manifest.name] = join(folder, filename)
    const paths = files.map(({ path }) => path)
    problems.push(...judgeContents(target.manifest.name, paths))
  }
  const dependencies = Object.fromEntries(Object.entries(tarballs).map(([name, path]) => [name, `file:${path}`]))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'stranger', private: true, dependencies }))
  await runOrThrow({ program: 'npm', args: ['install', ...quiet], cwd: folder })
  const { output } = await runCommand({ program: 'npm', args: ['ls', '--all', '--json'], cwd: folder })
  if (/"resolved":\s*"https?:[^"]*@vendo/.test(output)) problems.push('a @vendo package came from a registry')
  return { folder, tarballs, problems }
}

/** Installs packages that are needed only where they exist; a platform without one installs the others. */
export const installOptional = async (folder: string, optionalDependencies: Record<string, string>): Promise<void> => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'runtimes', private: true, optionalDependencies }))
  await runCommand({ program: 'npm', args: ['install', ...quiet, '--force'], cwd: folder })
}
