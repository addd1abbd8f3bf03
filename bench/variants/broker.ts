import { createSqliteStore } from '../broker/create-store.ts'
import { type BrokerProcess, type BrokerProcessOptions, startBroker } from '../broker/start-broker.ts'
import { requestBytes } from '../lib/request-bytes.ts'
import { defaultBytes, type Variant } from './variant.ts'

/** A broker on a fresh SQLite store: strict holds, durable settlements, limits, logs. */
export interface BrokerVariant extends Variant {
  readonly process: BrokerProcess
}

/** What differs from the default. */
export interface BrokerVariantOptions {
  readonly mockPort: number
  readonly folder: string
  readonly timings?: boolean
  /** `null` = all cores. */
  readonly core?: BrokerProcessOptions['core']
  readonly nodeArgs?: readonly string[]
  /** Runs the sources instead of what is built. */
  readonly source?: boolean
  /** Makes a span for each call. */
  readonly traces?: boolean
}

/** Makes a store and starts a broker on it. */
export const startBrokerVariant = async (options: BrokerVariantOptions): Promise<BrokerVariant> => {
  const { mockPort, folder, timings = false, traces = false, source = false, core, nodeArgs } = options
  const { store, keys } = await createSqliteStore(folder)
  const setup = { store, upstreamOrigin: `http://127.0.0.1:${mockPort}`, timings, traces }
  const process = await startBroker({
    setup,
    folder,
    source,
    ...(core !== undefined && { core }),
    ...(nodeArgs !== undefined && { nodeArgs }),
  })
  return { ...brokerVariant(process, keys[0] ?? ''), ...(traces && { name: 'traced' as const }) }
}

/** A running broker as a variant. */
export const brokerVariant = (process: BrokerProcess, key: string): BrokerVariant => ({
  name: 'broker',
  port: process.port,
  processId: process.id,
  process,
  requestFor: ({ bytes = defaultBytes, ...ask }) =>
    requestBytes({ ...ask, bytes, path: '/anthropic/v1/messages', headers: { 'x-api-key': key } }),
  stop: process.stop,
})
