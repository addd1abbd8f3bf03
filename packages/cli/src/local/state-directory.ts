import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writePrivateFile } from './write-private-file.ts'

/** Name of the folder that holds a local broker's state. */
export const stateFolderName = '.vendo'

/** Where a local broker keeps what it keeps. */
export interface StateDirectory {
  readonly path: string
  readonly ledger: string
  readonly vaultKey: string
  readonly managementKey: string
  readonly appKey: string
  /** The key of the app that sees simulated answers only. */
  readonly simulatedAppKey: string
  readonly brokerFile: string
  /** The variables that `vendo dev` writes for the app. */
  readonly appEnv: string
}

/** The paths under `<directory>/.vendo`; nothing is made. */
export const stateDirectoryIn = (directory: string): StateDirectory => {
  const path = join(directory, stateFolderName)
  return {
    path,
    ledger: join(path, 'ledger.sqlite'),
    vaultKey: join(path, 'vault.key'),
    managementKey: join(path, 'management.key'),
    appKey: join(path, 'app.key'),
    simulatedAppKey: join(path, 'simulated-app.key'),
    brokerFile: join(path, 'broker.json'),
    appEnv: join(path, 'app.env'),
  }
}

/** Makes the folder, for its owner only, and keeps everything in it out of git. */
export const createStateDirectory = ({ path }: StateDirectory): void => {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  if (!ignoresEverything(path)) writePrivateFile(join(path, '.gitignore'), ignoreEverything)
}

const ignoreEverything = '*\n'

/** Patterns that cover every file of a folder. */
const coverAll: ReadonlySet<string> = new Set(['*', '/*', '**', '/**'])
/** An exception that shows nothing but the file it stands in. */
const showsItself: ReadonlySet<string> = new Set(['!.gitignore', '!/.gitignore'])

/** Whether git ignores the whole folder: a start on a full disk may have left the file empty. */
export const ignoresEverything = (path: string): boolean => {
  try {
    let ignored = false
    // As git reads it: the last rule that applies counts, and blanks count at the start of a line only.
    for (const line of readFileSync(join(path, '.gitignore'), 'utf8')
      .split(/\r?\n/)
      .map((text) => text.trimEnd())) {
      if (coverAll.has(line)) ignored = true
      else if (line.startsWith('!') && !showsItself.has(line)) ignored = false
    }
    return ignored
  } catch {
    return false
  }
}

/** The first of these folders that holds the state of a local broker. */
export const findStateDirectory = (folders: readonly string[]): string | undefined =>
  folders.find((folder) => existsSync(stateDirectoryIn(folder).ledger))
