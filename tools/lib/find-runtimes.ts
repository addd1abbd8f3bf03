import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { installOptional } from './packed-project.ts'
import { runCommand } from './run-command.ts'

/** A JavaScript runtime to call by path, or why there is none. */
export type Runtime =
  | { readonly name: string; readonly program: string; readonly version: string }
  | { readonly name: string; readonly missing: string }

/** The Node majors that published packages promise to run on. */
export const nodeMajors = [20, 22, 24] as const

const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
// The baseline build runs on processors without AVX2.
const bunPlatform = platform.replace('arm64', 'aarch64').replace(/-x64$/, '-x64-baseline')

const versionOf = async (program: string): Promise<string | undefined> => {
  if (!existsSync(program)) return undefined
  const { code, output } = await runCommand({ program, args: ['--version'] })
  return code === 0 ? output.trim().replace(/^v/, '') : undefined
}

const machineNodes = (): readonly string[] => [
  process.execPath,
  ...(process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'node')),
]

const firstThatFits = async (programs: readonly string[], wanted: string): Promise<[string, string] | undefined> => {
  for (const program of programs) {
    const version = await versionOf(program)
    if (version?.startsWith(wanted)) return [program, version]
  }
  return undefined
}

/** Node 20, 22, 24 and Bun, from npm (installed into the folder) or from this machine. */
export const findRuntimes = async (folder: string): Promise<readonly Runtime[]> => {
  await installOptional(folder, {
    ...Object.fromEntries(nodeMajors.map((major) => [`node${major}`, `npm:node-${platform}@${major}`])),
    bun: `npm:@oven/bun-${bunPlatform}@1`,
  })
  const nodes = nodeMajors.map(async (major): Promise<Runtime> => {
    const programs = [join(folder, `node_modules/node${major}/bin/node`), ...machineNodes()]
    const found = await firstThatFits(programs, `${major}.`)
    return found === undefined
      ? { name: `node ${major}`, missing: `npm has no node-${platform}@${major} here, and PATH has no Node ${major}` }
      : { name: `node ${major}`, program: found[0], version: found[1] }
  })
  const bun = join(folder, 'node_modules/bun/bin/bun')
  const bunVersion = await versionOf(bun)
  return [
    ...(await Promise.all(nodes)),
    bunVersion === undefined
      ? { name: 'bun', missing: `npm has no working @oven/bun-${bunPlatform} here` }
      : { name: 'bun', program: bun, version: bunVersion },
  ]
}
