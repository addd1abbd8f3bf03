import type { CliContext } from '../context.ts'
import { answersHealth } from '../local/answers-health.ts'
import { CliError } from '../terminal/cli-error.ts'
import { type ApiClient, createApiClient } from './api-client.ts'
import { type FoundBroker, findBroker } from './find-broker.ts'

/** A broker that one administers. */
export interface Management {
  readonly client: ApiClient
  readonly broker: FoundBroker
}

/**
 * The broker to administer, with its management key.
 *
 * @throws {CliError} saying what to start or set.
 */
export const openManagement = async (context: Pick<CliContext, 'env' | 'cwd'>): Promise<Management> => {
  const broker = await findBroker(context)
  if (broker === undefined) {
    throw new CliError(
      'No broker runs here.',
      'Start one with `vendo dev`, or set VENDO_BASE_URL and VENDO_MANAGEMENT_KEY.',
    )
  }
  const { url, managementKey } = broker
  if (managementKey === undefined) {
    // A broker that has died leaves its address behind in the environment of every app it was for.
    if (!(await answersHealth(url))) {
      throw new CliError(`Nothing answers at ${url}.`, 'Start a broker there (`vendo dev`), or unset VENDO_BASE_URL.')
    }
    throw new CliError(
      `There is no management key for ${url}.`,
      'Set VENDO_MANAGEMENT_KEY to a key that starts with vendo_mk_.',
    )
  }
  return { broker, client: createApiClient({ url, key: managementKey }) }
}
