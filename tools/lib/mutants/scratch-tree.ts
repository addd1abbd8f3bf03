import { cpSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'

/** A copy of a source tree that may be broken at will. */
export interface ScratchTree {
  readonly root: string
  remove(): void
}

const leftOut = /^(\.git|dist|coverage|\.vendo|\.env(?!\.example$).*)$/

/**
 * Fills `to` with links to what is installed in `from`. A relative link is made again as it is: it leads to a workspace, and must lead
 * to the workspace of the copy, or a deliberate fault in one package would not reach the tests of another.
 */
const linkModules = (from: string, to: string): void => {
  mkdirSync(to, { recursive: true })
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    // Tools keep caches in folders with a dot, and what is cached of one tree is not true of the other.
    if (entry.name.startsWith('.') && entry.name !== '.bin') continue
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isSymbolicLink()) {
      const link = readlinkSync(source)
      symlinkSync(isAbsolute(link) ? resolve(link) : link, target)
    } else if (entry.isDirectory() && entry.name.startsWith('@')) linkModules(source, target)
    else symlinkSync(source, target)
  }
}

/**
 * Copies the tree at `root` into the system's temporary folder, as it stands on disk, with its installed packages linked. Build output,
 * state and `.env` files are left out.
 */
export const createScratchTree = (root: string): ScratchTree => {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'vendo-mutants-')))
  const remove = (): void => rmSync(scratch, { recursive: true, force: true })
  const modules: string[] = []
  try {
    cpSync(root, scratch, {
      recursive: true,
      filter: (source) => {
        if (source !== root && leftOut.test(basename(source))) return false
        if (basename(source) !== 'node_modules') return true
        modules.push(source)
        return false
      },
    })
    for (const folder of modules) {
      linkModules(realpathSync(folder), join(scratch, dirname(folder).slice(root.length), 'node_modules'))
    }
    return { root: scratch, remove }
  } catch (error) {
    remove()
    throw error
  }
}
