import { Secret } from '@vendo/contract'
import type { CliContext } from '../context.ts'
import { textOf } from '../env/read-dotenv.ts'
import { searchFolders } from '../env/search-folders.ts'
import { answersHealth } from '../local/answers-health.ts'
import { type BrokerFile, readBrokerFile } from '../local/broker-file.ts'
import { readKeyFile } from '../local/reveal-key-file.ts'
import { type StateDirectory, stateDirectoryIn } from '../local/state-directory.ts'
import { CliError } from '../terminal/cli-error.ts'

/** A broker that answers. */
export interface FoundBroker {
  /** Without a trailing slash. */
  readonly url: string
  readonly managementKey: Secret | undefined
  /** The key of the app in whose name the user works. */
  readonly appKey: Secret | undefined
  /** Set when it is a local one, announced in a `.vendo` folder. */
  readonly local: BrokerFile | undefined
}

type Surroundings = Pick<CliContext, 'env' | 'cwd'>

const urlVariables = ['VENDO_BASE_URL', 'VENDO_API_URL', 'VENDO_CREDENTIALS_URL']

/** The address that the environment names, without a trailing slash. */
export const namedBrokerUrl = ({ env }: Pick<Surroundings, 'env'>): string | undefined => {
  for (const name of urlVariables) {
    const text = textOf(env, name)
    if (text !== undefined) return text.replace(/\/+$/, '')
  }
  return undefined
}

/**
 * The broker to speak to: the one that the environment names, else the nearest `.vendo` whose broker answers. `undefined`
 * when there is none.
 *
 * @throws {CliError} when the environment names something that is no URL.
 */
export const findBroker = async (context: Surroundings): Promise<FoundBroker | undefined> => {
  const named = namedBrokerUrl(context)
  const local = await findLocal(context, named)
  if (named === undefined) return local
  if (!URL.canParse(named)) {
    throw new CliError('VENDO_BASE_URL is not a URL.', 'Set it to an address such as http://127.0.0.1:8787.')
  }
  return {
    url: named,
    managementKey: secretIn(context, 'VENDO_MANAGEMENT_KEY') ?? local?.managementKey,
    appKey: secretIn(context, 'VENDO_API_KEY') ?? local?.appKey,
    local: local?.local,
  }
}

const findLocal = async ({ cwd }: Surroundings, named: string | undefined): Promise<FoundBroker | undefined> => {
  for (const folder of searchFolders(cwd)) {
    const files = stateDirectoryIn(folder)
    const local = readBrokerFile(files.brokerFile)
    if (local === undefined || (named !== undefined && named !== local.url)) continue
    if (isAlive(local.pid) && (await answersHealth(local.url))) return localBroker(files, local)
  }
  return undefined
}

const localBroker = (files: StateDirectory, local: BrokerFile): FoundBroker => ({
  url: local.url,
  managementKey: readKeyFile(files.managementKey),
  appKey: readKeyFile(local.simulated ? files.simulatedAppKey : files.appKey),
  local,
})

/** Spares a dead broker's port the question, which somebody else may have taken. */
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

const secretIn = ({ env }: Surroundings, name: string): Secret | undefined => {
  const text = textOf(env, name)
  return text === undefined ? undefined : new Secret(text)
}
