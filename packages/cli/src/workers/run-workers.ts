import { readdirSync } from 'node:fs'
import type { CliContext } from '../context.ts'
import { seedOperator } from '../local/seed-operator.ts'
import { CliError } from '../terminal/cli-error.ts'
import { untilStopped } from '../terminal/until-stopped.ts'
import type { BrokerSettings } from './broker-settings.ts'
import { settleMs } from './ends-within.ts'
import { openStore } from './open-store.ts'
import { startWorker } from './start-worker.ts'
import { superviseWorkers } from './supervise-workers.ts'

type BrokerPackage = typeof import('@vendo/broker')

/** Workers get this long beyond their own deadline before they are ended by force. */
const marginMs = 2_000

/** What {@link runWorkers} runs. */
export interface WorkersInput {
  readonly broker: BrokerPackage
  readonly settings: BrokerSettings
  readonly count: number
}

/**
 * Runs so many brokers on one port until a signal, then drains them.
 *
 * @throws {CliError} for a SQLite store, when a worker does not start, and when one did not end well.
 */
export const runWorkers = async (context: CliContext, { broker, settings, count }: WorkersInput): Promise<void> => {
  assertShared(settings)
  const keyEncryptionKey = await broker.loadKeyEncryptionKey({ env: context.env })
  await prepareStore(broker, settings, broker.createVault({ keyEncryptionKey }))
  warnOfStrandedSettlements(context, settings, count)
  const stopped = untilStopped()
  const log = (sentence: string) => context.errors.write(`vendo: ${sentence}\n`)
  const server =
    settings.metrics &&
    (await broker.startMetricsServer({ source: broker.collectClusterMetrics(), ...settings.metrics }))
  if (server) log(`metrics are at ${server.url}`)
  const supervisor = superviseWorkers({ count, start: startWorker, log })
  const killAll = () => supervisor.kill()
  process.once('exit', killAll)
  try {
    const url = await Promise.race([supervisor.ready, stopped.signal])
    if (url !== undefined) {
      log(`${count} brokers listen (${url})`)
      await stopped.signal
    }
    log('draining; a second signal ends it at once')
    await assertEndedWell(await supervisor.drain(settings.graceMs + settleMs + marginMs))
  } finally {
    supervisor.kill()
    process.removeListener('exit', killAll)
    await server?.close()
    stopped.release()
  }
}

const assertShared = ({ store }: BrokerSettings): void => {
  if (store.kind === 'postgres') return
  throw new CliError(
    'A SQLite store belongs to one process, so it cannot serve many workers.',
    'Use --store postgres://USER@HOST/DATABASE, or leave --workers out.',
  )
}

/** Once, before there are workers: they would all want to make the schema and the first key. */
const prepareStore = async (
  broker: BrokerPackage,
  settings: BrokerSettings,
  vault: ReturnType<BrokerPackage['createVault']>,
): Promise<void> => {
  const store = await openStore(broker, settings.store)
  try {
    await broker.assertVaultKey(store, vault)
    await seedOperator(broker, store, settings.operatorKeyFile)
  } finally {
    await store.close()
  }
}

/** With fewer workers than before, nobody looks into the folders of those that are missing. */
const warnOfStrandedSettlements = ({ errors }: CliContext, { outbox }: BrokerSettings, count: number): void => {
  if (outbox === undefined) return
  for (const folder of foldersIn(outbox)) {
    const slot = Number(/^broker-(\d+)$/.exec(folder)?.[1] ?? 0)
    if (slot < count) continue
    errors.write(`vendo: ${folder} of the outbox belongs to no worker; start once with --workers ${slot + 1}.\n`)
  }
}

const foldersIn = (path: string): readonly string[] => {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

const assertEndedWell = async (ends: readonly string[]): Promise<void> => {
  if (ends.length === 0) return
  throw new CliError(
    `Not every worker ended well (${ends.join(', ')}).`,
    'What is left is in the outbox, or settles at its hold, when a broker starts again.',
  )
}
