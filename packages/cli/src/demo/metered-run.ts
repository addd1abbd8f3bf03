import type { Nanos } from '@vendo/contract'
import { balanceSchema, type CallResponse, type LedgerReportResponse, ledgerReportSchema } from '@vendo/contract/api'
import type { CliContext } from '../context.ts'
import { composeChildEnv } from '../env/compose-child-env.ts'
import { type Injection, loadInjection } from '../env/load-injection.ts'
import { listSettledCalls } from '../http/list-calls.ts'
import { mintRunKey, revokeKey } from '../run/mint-run-key.ts'
import { CliError } from '../terminal/cli-error.ts'
import { playApp } from './play-app.ts'
import type { Stage } from './stage.ts'

/** What the app cost. */
export interface MeteredRun {
  readonly calls: readonly CallResponse[]
  readonly output: string
  readonly balanceBefore: Nanos
  readonly balanceAfter: Nanos
  readonly ledger: LedgerReportResponse
}

/** Who listens meanwhile. */
export interface MeteredRunOptions {
  /** The variables of the app, before it starts. */
  readonly onReady: (injection: Injection) => void
  readonly onOutput: (text: string) => void
  readonly signal: AbortSignal
  /** Most the app may spend. */
  readonly capNanos: Nanos | undefined
}

/**
 * Runs the sample app against the broker, with a key of its own, and reads its bill.
 *
 * @throws {CliError} when the app fails, naming the provider where one refused.
 */
export const runMetered = async (
  context: CliContext,
  stage: Stage,
  { onReady, onOutput, signal, capNanos }: MeteredRunOptions,
): Promise<MeteredRun> => {
  const { broker, client } = stage
  const balanceBefore = await readBalance(stage)
  const name = 'vendo demo'
  const key = await mintRunKey(client, { appId: broker.appId, tenant: broker.tenantId, name, budgetNanos: capNanos })
  try {
    const injection = await loadInjection({ url: broker.url, appKey: key.key, appId: broker.appId })
    onReady(injection)
    const env = composeChildEnv({ env: context.env, dotenv: undefined, injection })
    const end = await playApp({ env, cwd: context.cwd, onOutput, signal })
    const calls = await listSettledCalls(
      client,
      { keyId: key.id, tenant: broker.tenantId },
      { withinMs: 10_000, everyMs: 20, signal },
    )
    if (end.exitCode !== 0) throw failureOf(stage, calls, end.complaint)
    const ledger = await readLedger(stage)
    return { calls, output: end.output, balanceBefore, balanceAfter: await readBalance(stage), ledger }
  } finally {
    await revokeKey(client, key.id)
  }
}

/** What the wallet holds, with what is set aside for running calls. */
const readBalance = ({ client, broker }: Stage): Promise<Nanos> =>
  client.send({
    path: '/api/billing/balance',
    query: { tenant: broker.tenantId },
    parse: (body) => BigInt(balanceSchema.parse(body).credits_remaining_nanos),
  })

/** The audit of every balance. */
export const readLedger = ({ client }: Stage): Promise<LedgerReportResponse> =>
  client.send({ path: '/api/ledger/verify', parse: (body) => ledgerReportSchema.parse(body) })

const failureOf = ({ keys }: Stage, calls: readonly CallResponse[], complaint: string): CliError => {
  const refused = calls.findLast(({ upstream_status: status }) => status !== null && status >= 400)
  if (refused === undefined) return new CliError(`The sample app failed: ${complaint}`)
  const variable = keys.find(({ slug }) => slug === refused.integration)?.variable
  return new CliError(
    `${refused.integration} refused a call with ${refused.upstream_status}: ${complaint}`,
    variable === undefined ? undefined : `Check the key in ${variable}.`,
  )
}
