import type { CliContext } from '../context.ts'
import { type FoundKey, findProviderKeys } from '../env/find-provider-keys.ts'
import { readDotenv } from '../env/read-dotenv.ts'
import { type ApiClient, createApiClient } from '../http/api-client.ts'
import { type LocalBroker, startLocalBroker } from '../local/local-broker.ts'
import { type SimulatedUpstream, startSimulatedUpstream } from '../simulated-upstream/start-simulated-upstream.ts'
import { CliError } from '../terminal/cli-error.ts'
import { setDemoMargin } from './demo-margin.ts'

/** What the demonstration runs on. */
export interface Stage {
  readonly broker: LocalBroker
  /** Speaks to the broker as its operator. */
  readonly client: ApiClient
  /** Absent when real providers are called. */
  readonly upstream: SimulatedUpstream | undefined
  /** The user's own keys that are used; none when simulated. */
  readonly keys: readonly FoundKey[]
  close(): Promise<void>
}

/** How to open a {@link Stage}. */
export interface StageOptions {
  readonly live: boolean
  readonly port: number
}

/**
 * Starts a local broker in this folder: in front of simulated providers, or of the real ones with the keys that are found.
 *
 * @throws {CliError} when `live` finds no key; what `startLocalBroker` throws.
 */
export const openStage = (context: CliContext, { live, port }: StageOptions): Promise<Stage> =>
  live ? openLive(context, port) : openSimulated(context, port)

const openSimulated = async ({ cwd }: CliContext, port: number): Promise<Stage> => {
  const upstream = await startSimulatedUpstream()
  try {
    const broker = await startLocalBroker({ directory: cwd, port, simulated: upstream })
    const client = operatorOf(broker)
    const removeMargin = await setDemoMargin(broker, client).catch(async (error: unknown) => {
      await broker.close()
      throw error
    })
    const close = () =>
      removeMargin()
        .catch(() => undefined)
        .then(() => broker.close())
        .finally(() => upstream.close())
    return { broker, client, upstream, keys: [], close }
  } catch (error) {
    await upstream.close()
    throw error
  }
}

const openLive = async ({ cwd, env }: CliContext, port: number): Promise<Stage> => {
  const keys = findProviderKeys({ env, dotenv: readDotenv(cwd)?.variables })
  if (keys.length === 0) {
    throw new CliError(
      'No provider key was found in the environment or a .env file.',
      'Set ANTHROPIC_API_KEY, OPENAI_API_KEY or OPENROUTER_API_KEY, or leave --live out.',
    )
  }
  const broker = await startLocalBroker({ directory: cwd, port, providerKeys: keys })
  return { broker, client: operatorOf(broker), upstream: undefined, keys, close: () => broker.close() }
}

const operatorOf = ({ url, managementKey }: LocalBroker): ApiClient => createApiClient({ url, key: managementKey })
