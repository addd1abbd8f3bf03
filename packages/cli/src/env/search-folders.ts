import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folders from `cwd` up to the one with `.git`, nearest first; outside a repository `cwd` alone. */
export const searchFolders = (cwd: string): readonly string[] => {
  const folders: string[] = []
  for (let folder = cwd; ; folder = dirname(folder)) {
    folders.push(folder)
    if (existsSync(join(folder, '.git'))) return folders
    if (dirname(folder) === folder) return [cwd]
  }
}
