import { existsSync, statSync } from 'node:fs'
import { deploymentConnectionsSchema } from '@vendo/contract/api'
import { catalog, type Integration } from '@vendo/integrations'
import { findProvider } from '@vendo/integrations/providers'
import type { CliContext } from '../context.ts'
import { findKey, type KeySources } from '../env/find-provider-keys.ts'
import { readDotenv } from '../env/read-dotenv.ts'
import { searchFolders } from '../env/search-folders.ts'
import { createApiClient } from '../http/api-client.ts'
import { type FoundBroker, findBroker } from '../http/find-broker.ts'
import { answersHealth } from '../local/answers-health.ts'
import { brokerNode, runsBroker } from '../local/load-broker.ts'
import { findStateDirectory, ignoresEverything, stateDirectoryIn } from '../local/state-directory.ts'
import { findLeaks } from './find-leaks.ts'

/** What `vendo doctor` found. Holds no credential. */
export interface Examination {
  readonly facts: readonly { readonly name: string; readonly finding: string }[]
  readonly integrations: readonly IntegrationFinding[]
  /** What somebody has to repair. */
  readonly problems: readonly string[]
}

/** What happens for one integration. */
export interface IntegrationFinding {
  readonly slug: string
  readonly outcome: string
  readonly reason: string
}

interface Scene {
  readonly sources: KeySources
  readonly broker: FoundBroker | undefined
  readonly reachable: boolean
  /** What the broker's app is bound to; `undefined` where that cannot be asked. */
  readonly bound: ReadonlyMap<string, string> | undefined
}

/** Looks at Node, the broker, the store, the keys and the variables of this folder. Changes nothing. */
export const examine = async (context: Pick<CliContext, 'env' | 'cwd'>): Promise<Examination> => {
  const dotenv = readDotenv(context.cwd)
  const sources = { env: context.env, dotenv: dotenv?.variables }
  const broker = await findBroker(context)
  const reachable = broker !== undefined && (await answersHealth(broker.url))
  const scene = { sources, broker, reachable, bound: reachable ? await askBound(broker) : undefined }
  const store = examineStore(context.cwd)
  const facts = [
    { name: 'Node', finding: nodeFinding() },
    { name: 'broker', finding: brokerFinding(scene) },
    { name: 'store', finding: store.finding },
    { name: '.env', finding: dotenv?.path ?? 'none from here up to the repository' },
  ]
  const unreachable = broker !== undefined && !reachable ? [`No broker answers at ${broker.url}.`] : []
  const leaks = findLeaks(sources, broker === undefined ? [] : [broker.url])
  return {
    facts,
    integrations: Object.values(catalog).map((integration) => examineIntegration(integration, scene)),
    problems: [...unreachable, ...store.problems, ...leaks],
  }
}

const nodeFinding = (): string =>
  runsBroker(process.version)
    ? `${process.version}, runs a broker`
    : `${process.version}, too old for a broker of its own (${brokerNode.major}.${brokerNode.minor} needed); the rest works`

const brokerFinding = ({ broker, reachable, bound }: Scene): string => {
  if (broker === undefined) return 'none runs here; `vendo run` starts one for its run, `vendo dev` one that stays'
  if (!reachable) return `${broker.url} does not answer`
  const kind = broker.local === undefined ? '' : broker.local.simulated ? ', simulated' : ', local'
  const key = bound === undefined ? ', but there is no app key that it knows' : ''
  return `${broker.url}${kind}${key}`
}

const ownerOnly = 0o077

const examineStore = (cwd: string): { finding: string; problems: readonly string[] } => {
  const folder = findStateDirectory(searchFolders(cwd))
  if (folder === undefined) return { finding: 'none here; `vendo dev` makes one in .vendo', problems: [] }
  const { path, vaultKey } = stateDirectoryIn(folder)
  const exposed = [path, vaultKey].filter(
    (entry) => process.platform !== 'win32' && existsSync(entry) && (statSync(entry).mode & ownerOnly) !== 0,
  )
  const missing = existsSync(vaultKey) ? [] : [`${vaultKey} is missing: the credentials in the store cannot be opened.`]
  const unignored = ignoresEverything(path)
    ? []
    : [`${path}/.gitignore does not keep everything out of git: \`vendo dev\` writes it again.`]
  return {
    finding: path,
    problems: [
      ...missing,
      ...unignored,
      ...exposed.map((entry) => `Others may read ${entry}: run \`chmod go= ${entry}\`.`),
    ],
  }
}

const askBound = async ({ url, appKey }: FoundBroker): Promise<ReadonlyMap<string, string> | undefined> => {
  if (appKey === undefined) return undefined
  try {
    const connections = await createApiClient({ url, key: appKey }).send({
      path: '/api/deployments/me/connections',
      parse: (body) => deploymentConnectionsSchema.parse(body).connections,
    })
    return new Map(connections.map(({ slug, status }) => [slug, status]))
  } catch {
    // A key of another broker, or a revoked one: the finding about the broker says so.
    return undefined
  }
}

const examineIntegration = (integration: Integration, scene: Scene): IntegrationFinding => {
  const { slug } = integration
  return { slug, ...judgeIntegration(integration, scene) }
}

/** Whether the app would present a Vendo key, were it proxied. */
const isPaid = ({ connectionEnvVars }: Integration): boolean =>
  connectionEnvVars.some(({ source }) => source.from === 'vendoApiKey')

type Judgement = Omit<IntegrationFinding, 'slug'>

const judgeIntegration = (integration: Integration, scene: Scene): Judgement => {
  const { slug, profiles } = integration
  const isProxied = findProvider(slug) !== undefined
  if (!isProxied && isPaid(integration)) {
    const key = findKey(slug, scene.sources)
    const reason = 'the broker does not forward its calls yet'
    return key === undefined
      ? { outcome: 'not available', reason }
      : { outcome: 'used directly, not metered', reason: `${key.variable} is set, and ${reason}` }
  }
  const status = scene.bound?.get(slug)
  if (status !== undefined) return judgeBound(isProxied, status, scene)
  const key = findKey(slug, scene.sources)
  if (scene.bound !== undefined) {
    const reason = key === undefined ? 'no connection' : `no connection, though ${key.variable} is set`
    return { outcome: 'refused by the broker', reason: `${reason}: \`vendo connect ${slug}\`` }
  }
  if (key !== undefined) {
    return isProxied
      ? { outcome: 'metered under `vendo run` and `vendo dev`', reason: `${key.variable} is set` }
      : { outcome: 'used directly, not metered', reason: `${key.variable} is set, and the broker does not proxy it` }
  }
  if (isProxied) return { outcome: 'simulated under `vendo run` and `vendo dev`', reason: 'no key was found' }
  const rotates = profiles.every((profile) => profile === 'oauth_refresh')
  return { outcome: 'not connected', reason: rotates ? 'its token rotates: through token() only' : 'no key was found' }
}

const judgeBound = (isProxied: boolean, status: string, { broker }: Scene): Judgement => {
  if (status !== 'connected') return { outcome: 'refused by the broker', reason: `the connection is ${status}` }
  if (!isProxied) return { outcome: 'token from the broker', reason: 'connected; calls go to the provider directly' }
  return broker?.local?.simulated === true
    ? { outcome: 'simulated', reason: 'the broker that runs here was started without a key' }
    : { outcome: 'metered', reason: 'connected; calls go through the broker' }
}
