import { nanosFromUsd, Secret } from '@vendo/contract'
import type { Output } from '../context.ts'
import { CliError } from '../terminal/cli-error.ts'
import { answersHealth } from './answers-health.ts'
import { applyRatesFile } from './apply-rates-file.ts'
import { readBrokerFile, removeBrokerFile, writeBrokerFile } from './broker-file.ts'
import { loadBroker } from './load-broker.ts'
import { type LocalState, newId, openLocalState } from './local-state.ts'
import {
  type LocalConnection,
  listLocalConnections,
  type ProviderKey,
  seedFoundKeys,
  seedSimulatedConnections,
} from './seed-connections.ts'
import { appNames, type LocalOwner, seedOwner } from './seed-owner.ts'
import { type StateDirectory, stateDirectoryIn } from './state-directory.ts'

type BrokerPackage = typeof import('@vendo/broker')
type BrokerOptions = Parameters<BrokerPackage['createBroker']>[0]

/** Simulated upstreams: where they listen, and the credential that they ask for. */
export interface SimulatedUpstreams {
  readonly origins: Readonly<Record<string, string>>
  readonly credential: string
}

/** What {@link startLocalBroker} starts. */
export interface LocalBrokerOptions {
  /** The folder in which `.vendo` is made. */
  readonly directory: string
  /** Default 0: the system chooses. */
  readonly port?: number
  /** Default: this machine only. */
  readonly host?: string
  /** Every call goes to a simulated upstream, under an app of its own. Excludes `providerKeys`. */
  readonly simulated?: SimulatedUpstreams
  /** Keys that were found: the app may use each, and no earlier one that is not found any more. */
  readonly providerKeys?: readonly ProviderKey[]
  /** Other origins for integrations, whichever credential they use. */
  readonly upstreamOrigins?: Readonly<Record<string, string>>
  readonly logger?: NonNullable<BrokerOptions['logger']>
  /** How long `close` waits for running calls, in ms. */
  readonly shutdownGraceMs?: number
  /** Origins whose pages may call the proxy; default: none. */
  readonly allowedOrigins?: readonly string[]
  /** A list of prices to take over before the first call, and where to say what became of it. */
  readonly ratesFile?: { readonly path: string; readonly errors: Output } | undefined
  /** Keeps nothing: the store is in memory, and the folder is not touched. */
  readonly temporary?: boolean
  /** Default true: other processes of this user find the broker by `.vendo/broker.json`. */
  readonly announce?: boolean
}

/** A broker in this process, for one person on one machine. */
export interface LocalBroker {
  readonly url: string
  readonly tenantId: string
  readonly appId: string
  /** An operator's key. */
  readonly managementKey: Secret
  readonly appKey: Secret
  readonly simulated: boolean
  /** What the app is bound to. */
  readonly connections: readonly LocalConnection[]
  /** What its operator should be told; each sentence once for the life of the store. */
  notices(): Promise<readonly string[]>
  /** Lets running calls end, settles them and closes the store. Idempotent. */
  close(): Promise<void>
}

/**
 * Starts a broker with its state in `<directory>/.vendo` (or in memory), making tenant, app, keys and connections as needed.
 *
 * @throws {CliError} when Node is too old, or when a broker runs here already; {VendoError} `store_unavailable` when the store
 *   is in use, `validation_failed` when the port is taken or an origin is unsafe.
 */
export const startLocalBroker = async (options: LocalBrokerOptions): Promise<LocalBroker> => {
  assertOneKind(options)
  const broker = await loadBroker()
  const files = options.temporary === true ? undefined : stateDirectoryIn(options.directory)
  await assertNotRunning(files)
  const state = await openLocalState(broker, files)
  try {
    return await serve(broker, state, options)
  } catch (error) {
    await state.store.close()
    throw error
  }
}

const serve = async (broker: BrokerPackage, state: LocalState, options: LocalBrokerOptions): Promise<LocalBroker> => {
  const { simulated, providerKeys = [], host, port = 0 } = options
  const owner = await seedOwner(broker, state, simulated === undefined ? appNames.live : appNames.simulated)
  if (simulated === undefined) await seedFoundKeys(state, owner, providerKeys)
  else await seedSimulation(state, owner, simulated)
  const connections = await listLocalConnections(state.store, owner.appId)
  if (options.ratesFile) {
    const { path, errors } = options.ratesFile
    await applyRatesFile(errors, { broker, store: state.store, path })
  }
  const running = broker.createBroker({
    store: state.store,
    vault: state.vault,
    upstreamOrigins: { ...originsOf(connections, options), ...options.upstreamOrigins },
    ...(options.allowedOrigins !== undefined && { allowedOrigins: options.allowedOrigins }),
    ...(options.logger !== undefined && { logger: options.logger }),
    ...(options.shutdownGraceMs !== undefined && { shutdownGraceMs: options.shutdownGraceMs }),
  })
  const { url } = await running.listen({ port, ...(host !== undefined && { host }) }).catch(async (error: unknown) => {
    await running.close()
    throw error
  })
  const isSimulated = simulated !== undefined
  const files = options.announce === false ? undefined : state.files
  if (files) writeBrokerFile(files.brokerFile, { url, pid: process.pid, appId: owner.appId, simulated: isSimulated })
  return {
    url,
    ...owner,
    simulated: isSimulated,
    connections,
    notices: () => broker.marginNotices(state.store),
    close: async () => {
      if (files) removeBrokerFile(files.brokerFile)
      await running.close()
    },
  }
}

const assertOneKind = ({ simulated, providerKeys = [] }: LocalBrokerOptions): void => {
  if (simulated === undefined || providerKeys.length === 0) return
  throw Object.assign(new TypeError('A local broker is either simulated or has provider keys.'), {
    code: 'ERR_INVALID_ARG_VALUE',
  })
}

const assertNotRunning = async (files: StateDirectory | undefined): Promise<void> => {
  const announced = files && readBrokerFile(files.brokerFile)
  if (files === undefined || announced === undefined || !(await answersHealth(announced.url))) return
  throw new CliError(
    `A broker already runs in ${files.path} (process ${announced.pid}, ${announced.url}).`,
    'Use that one, or stop it first.',
  )
}

const simulatedCreditUsd = '10.00'
const enoughNanos = nanosFromUsd('1.00')

/** The wallet is topped up again before it runs dry: simulated money should not stop anybody. */
const seedSimulation = async (
  state: LocalState,
  owner: LocalOwner,
  { origins, credential }: SimulatedUpstreams,
): Promise<void> => {
  const slugs = Object.keys(origins)
  await seedSimulatedConnections(state, owner, { slugs, credential: new Secret(credential) })
  const { tenantId } = owner
  const { availableNanos } = await state.store.balance(tenantId)
  if (availableNanos >= enoughNanos) return
  await state.store.topUp({
    id: newId('topup'),
    tenantId,
    amountNanos: nanosFromUsd(simulatedCreditUsd),
    note: 'simulated credit',
    idempotencyKey: null,
  })
}

/** An origin belongs to the key it was found with: a key that somebody connected on purpose goes to the provider itself. */
const originsOf = (
  connections: readonly LocalConnection[],
  { simulated, providerKeys = [] }: LocalBrokerOptions,
): Record<string, string> => {
  if (simulated !== undefined) return { ...simulated.origins }
  const origins: Record<string, string> = {}
  for (const { slug, upstreamOrigin } of providerKeys) {
    const used = connections.some((connection) => connection.slug === slug && connection.source === 'environment')
    if (used && upstreamOrigin !== undefined) origins[slug] = upstreamOrigin
  }
  return origins
}
