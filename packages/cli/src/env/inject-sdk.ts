import { Vendo } from '@vendo/sdk'
import type { CliContext } from '../context.ts'
import { findBroker, namedBrokerUrl } from '../http/find-broker.ts'
import { readDotenv, textOf } from './read-dotenv.ts'

/**
 * The SDK as an app in this folder would have it, except that a local broker counts even if its variables are not in the
 * environment.
 */
export const openSdk = async (context: Pick<CliContext, 'env' | 'cwd'>): Promise<Vendo> => {
  const { env, cwd } = context
  const dotenv = readDotenv(cwd)?.path ?? false
  if (textOf(env, 'VENDO_API_KEY') !== undefined || namedBrokerUrl(context) !== undefined) {
    return new Vendo({ env, dotenv })
  }
  const local = await findBroker(context)
  if (local?.appKey === undefined) return new Vendo({ env, dotenv })
  return new Vendo({ env, dotenv, apiKey: local.appKey.reveal(), baseURL: local.url })
}
