import { parse } from 'dotenv'
import { runtimeProcess } from '../runtime.ts'
import { type EnvSnapshot, snapshotOf } from '../settings.ts'

/** The files of the runtime, as far as the search needs them. */
export interface Files {
  readonly cwd: string
  /** A name inside a folder. */
  readonly join: (folder: string, name: string) => string
  /** The folder above; the same folder at the top. */
  readonly parent: (folder: string) => string
  readonly exists: (path: string) => boolean
  /** Whether the path is an ordinary file, so that reading it comes to an end. */
  readonly isFile: (path: string) => boolean
  /** Throws when the file cannot be read, is no ordinary file, or is larger than 1 MiB. */
  readonly readText: (path: string) => string
}

/** A `.env` file's variables, or why there are none. */
export type DotenvReading =
  | { readonly variables: EnvSnapshot; readonly path: string }
  | { readonly variables?: undefined; readonly reason: string; readonly applies: boolean }

/**
 * Reads the nearest `.env` from the working folder upwards, up to the folder with `.git`; outside a repository the working
 * folder's alone. Nothing is copied into the environment. Never throws.
 *
 * @param option `false` = do not look; a string = read this file.
 */
export const readDotenv = (option: boolean | string, files: Files | undefined): DotenvReading => {
  if (option === false) return { reason: 'reading .env is switched off', applies: false }
  if (files === undefined) return { reason: 'this runtime has no file system', applies: false }
  const path = typeof option === 'string' ? option : findDotenv(files)
  if (path === undefined) {
    return { reason: `there is no .env in ${files.cwd}, nor above it within a repository`, applies: true }
  }
  try {
    return { variables: snapshotOf(parse(files.readText(path))), path }
  } catch {
    return { reason: `${path} cannot be read as a file of at most 1 MiB`, applies: true }
  }
}

/** The path of the nearest `.env`, or `undefined`. */
export const findDotenv = (files: Files): string | undefined =>
  foldersToSearch(files)
    .map((folder) => files.join(folder, '.env'))
    .find(files.isFile)

const foldersToSearch = (files: Files): readonly string[] => {
  const folders: string[] = []
  let folder = files.cwd
  for (;;) {
    folders.push(folder)
    // A file in a worktree, a folder elsewhere.
    if (files.exists(files.join(folder, '.git'))) return folders
    const parent = files.parent(folder)
    if (parent === folder) return [files.cwd]
    folder = parent
  }
}

interface NodeFs {
  readonly existsSync: (path: string) => boolean
  readonly statSync: (path: string, options: { readonly throwIfNoEntry: false }) => { isFile(): boolean } | undefined
  readonly openSync: (path: string, flags: number) => number
  readonly fstatSync: (file: number) => { isFile(): boolean; readonly size: number }
  readonly readFileSync: (file: number, encoding: 'utf8') => string
  readonly closeSync: (file: number) => void
  readonly constants: { readonly O_RDONLY: number; readonly O_NONBLOCK?: number }
}

interface NodePath {
  readonly join: (...parts: readonly string[]) => string
  readonly dirname: (path: string) => string
}

/** The runtime's files; `undefined` where there are none. Asked for at run time, because a bundle for browsers has no `node:` import. */
export const runtimeFiles = (): Files | undefined => {
  const host = runtimeProcess()
  try {
    const fs = host?.getBuiltinModule?.('node:fs') as NodeFs | undefined
    const path = host?.getBuiltinModule?.('node:path') as NodePath | undefined
    const cwd = host?.cwd?.()
    if (fs === undefined || path === undefined || cwd === undefined) return undefined
    return {
      cwd,
      join: (folder, name) => path.join(folder, name),
      parent: (folder) => path.dirname(folder),
      exists: (file) => fs.existsSync(file),
      isFile: (file) => isFile(fs, file),
      readText: (file) => readText(fs, file),
    }
  } catch {
    // The working folder may be gone, or the runtime may refuse to name it.
    return undefined
  }
}

const maxBytes = 1024 * 1024

/** A FIFO or a device may make the reader wait for ever, so it is not opened, and opening waits for nothing. */
const readText = (fs: NodeFs, path: string): string => {
  if (!isFile(fs, path)) throw new TypeError('not an ordinary file')
  const file = fs.openSync(path, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0))
  try {
    const state = fs.fstatSync(file)
    if (!state.isFile() || state.size > maxBytes) throw new TypeError('not an ordinary file, or too large')
    return fs.readFileSync(file, 'utf8')
  } finally {
    fs.closeSync(file)
  }
}

const isFile = (fs: NodeFs, path: string): boolean => {
  try {
    return fs.statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
  } catch {
    // A folder on the way that may not be entered counts as empty.
    return false
  }
}
