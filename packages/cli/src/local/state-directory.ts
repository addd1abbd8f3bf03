import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

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
  const ignore = join(path, '.gitignore')
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n', { mode: 0o600 })
}

/** The first of these folders that holds the state of a local broker. */
export const findStateDirectory = (folders: readonly string[]): string | undefined =>
  folders.find((folder) => existsSync(stateDirectoryIn(folder).ledger))
