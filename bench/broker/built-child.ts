import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { buildSync } from 'esbuild'

const root = join(import.meta.dirname, '..', '..')
const source = join(import.meta.dirname, 'child.ts')
// Beneath node_modules, so that it finds the packages.
const built = join(root, 'node_modules', '.cache', 'vendo-bench', 'child.mjs')
let isBuilt = false

/** The broker's process as its source: for profiles, whose functions have the names they have in the repository. */
export const childFromSource = source

/**
 * The broker's process in JavaScript, over the packages as they are installed from the registry: Node that strips types first
 * takes more memory and more time.
 *
 * @throws {Error} when the packages have not been built.
 */
export const builtChild = (): string => {
  if (isBuilt) return built
  if (!existsSync(join(root, 'packages/broker/dist/index.js'))) throw new Error('Run `npm run build` first.')
  buildSync({
    entryPoints: [source],
    outfile: built,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node24',
    logLevel: 'error',
  })
  isBuilt = true
  return built
}
