import type { Secret } from '@vendo/contract'
import type { CliContext } from '../context.ts'
import { type FoundKey, findProviderKeys, type KeySources } from '../env/find-provider-keys.ts'
import { searchFolders } from '../env/search-folders.ts'
import { createApiClient } from '../http/api-client.ts'
import { chooseApp } from '../http/choose-app.ts'
import { type FoundBroker, findBroker } from '../http/find-broker.ts'
import type { Management } from '../http/open-management.ts'
import { answersHealth } from '../local/answers-health.ts'
import { type LocalBroker, startLocalBroker } from '../local/local-broker.ts'
import { startSimulatedBroker } from '../local/start-simulated-broker.ts'
import { findStateDirectory } from '../local/state-directory.ts'
import { CliError } from '../terminal/cli-error.ts'

/** What the user asked for. */
export interface RunMode {
  readonly simulated: boolean
  readonly live: boolean
  readonly app?: string | undefined
  readonly tenant?: string | undefined
}

/** A broker to run a command against. */
export interface RunBroker {
  readonly management: Management
  readonly appId: string
  readonly simulated: boolean
  /** The keys it was started with; none for a broker that ran before. */
  readonly keys: readonly FoundKey[]
  /** One sentence about what was done instead of what one would expect. */
  readonly note?: string
  /** Ends what was started for this run, and nothing else. */
  close(): Promise<void>
}

/**
 * The broker that runs here already, or a temporary one in this process: on the folder's store if there is one, else in
 * memory; simulated when there is no key at all.
 *
 * @throws {CliError} when `live` was asked for and there is no key; what starting a broker throws.
 */
export const openRunBroker = async (context: CliContext, sources: KeySources, mode: RunMode): Promise<RunBroker> => {
  const running = mode.simulated ? undefined : await findBroker(context)
  if (running?.managementKey !== undefined && !(mode.live && running.local?.simulated === true)) {
    return await useRunning(running, running.managementKey, mode)
  }
  if (running !== undefined && running.managementKey === undefined && (await answersHealth(running.url))) {
    throw new CliError(
      `VENDO_BASE_URL names the broker at ${running.url}, but there is no management key to make a key for this run.`,
      'Set VENDO_MANAGEMENT_KEY, or unset VENDO_BASE_URL to run without that broker.',
    )
  }
  if (mode.simulated) return ofLocal(await startSimulatedBroker({ directory: context.cwd, temporary: true }), [])
  const keys = findProviderKeys(sources)
  const started = await startOwn(context, keys, running !== undefined)
  if (started !== undefined) return started
  if (mode.live) throw missingKey()
  return ofLocal(await startSimulatedBroker({ directory: context.cwd, temporary: true }), [])
}

const useRunning = async (broker: FoundBroker, key: Secret, mode: RunMode): Promise<RunBroker> => {
  const management = { broker, client: createApiClient({ url: broker.url, key }) }
  const { id: appId } = await chooseApp(management, mode)
  return { management, appId, simulated: broker.local?.simulated === true, keys: [], close: async () => {} }
}

/** `undefined` when there is nothing that it could call with. */
const startOwn = async (
  { cwd }: CliContext,
  keys: readonly FoundKey[],
  besideAnother: boolean,
): Promise<RunBroker | undefined> => {
  const folder = besideAnother ? undefined : findStateDirectory(searchFolders(cwd))
  if (folder === undefined) return keys.length === 0 ? undefined : await startTemporary(cwd, keys)
  try {
    const local = await startLocalBroker({ directory: folder, announce: false, providerKeys: keys })
    if (local.connections.length > 0) return ofLocal(local, keys)
    await local.close()
    return undefined
  } catch (error) {
    // Two runs at once in one folder: the store belongs to the first.
    if ((error as { code?: string }).code !== 'store_unavailable' || keys.length === 0) throw error
    const note = `The store in ${folder}/.vendo is in use: this run keeps its bill in memory.`
    return { ...(await startTemporary(cwd, keys)), note }
  }
}

const startTemporary = async (directory: string, keys: readonly FoundKey[]): Promise<RunBroker> =>
  ofLocal(await startLocalBroker({ directory, temporary: true, providerKeys: keys }), keys)

const ofLocal = (local: LocalBroker, keys: readonly FoundKey[]): RunBroker => {
  const { url, managementKey, appKey, appId, simulated } = local
  const broker = { url, managementKey, appKey, local: { url, pid: process.pid, appId, simulated } }
  return {
    management: { broker, client: createApiClient({ url, key: managementKey }) },
    appId,
    simulated,
    keys: keys.filter(({ slug }) =>
      local.connections.some((connection) => connection.slug === slug && connection.source === 'environment'),
    ),
    close: () => local.close(),
  }
}

const missingKey = (): CliError =>
  new CliError(
    'No provider key was found in the environment or a .env file.',
    'Set ANTHROPIC_API_KEY, OPENAI_API_KEY or OPENROUTER_API_KEY, or leave --live out for simulated answers.',
  )
