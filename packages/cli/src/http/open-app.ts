import type { Secret } from '@vendo/contract'
import { deploymentSchema } from '@vendo/contract/api'
import type { CliContext } from '../context.ts'
import { CliError } from '../terminal/cli-error.ts'
import { createApiClient } from './api-client.ts'
import { findBroker } from './find-broker.ts'

/** An app at a broker. */
export interface OpenedApp {
  readonly url: string
  readonly appKey: Secret
  readonly appId: string
}

/**
 * The app in whose name the user works: `VENDO_API_KEY` at the broker that the environment names, else the local broker's.
 *
 * @throws {CliError} saying what to start or set; {VendoError} when the broker refuses the key.
 */
export const openApp = async (context: Pick<CliContext, 'env' | 'cwd'>): Promise<OpenedApp> => {
  const broker = await findBroker(context)
  if (broker === undefined) {
    throw new CliError('No broker runs here.', 'Start one with `vendo dev`, or set VENDO_BASE_URL and VENDO_API_KEY.')
  }
  const { url, appKey } = broker
  if (appKey === undefined) {
    throw new CliError(`There is no app key for ${url}.`, 'Set VENDO_API_KEY to a key that starts with vendo_sk_.')
  }
  const { id } = await createApiClient({ url, key: appKey }).send({
    path: '/api/deployments/me',
    parse: (body) => deploymentSchema.parse(body),
  })
  return { url, appKey, appId: id }
}
