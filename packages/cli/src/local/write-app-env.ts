import { relative } from 'node:path'
import { formatDotenv } from '../env/format-env.ts'
import { type Injection, loadInjection } from '../env/load-injection.ts'
import type { LocalBroker } from './local-broker.ts'
import { stateDirectoryIn } from './state-directory.ts'
import { writePrivateFile } from './write-private-file.ts'

/** A file with an app's variables. */
export interface AppEnvFile {
  /** As seen from the folder. */
  readonly path: string
  readonly injection: Injection
  /** Variables whose values no such file can hold. */
  readonly leftOut: readonly string[]
}

/** Writes the variables of a local broker's app to `.vendo/app.env`, for their owner only. */
export const writeAppEnv = async (directory: string, broker: LocalBroker): Promise<AppEnvFile> => {
  const injection = await loadInjection(broker)
  const path = stateDirectoryIn(directory).appEnv
  const { text, leftOut } = formatDotenv(injection.vars)
  writePrivateFile(path, text)
  return { path: relative(directory, path), injection, leftOut }
}
