import { basename } from 'node:path'
import { nanosFromUsd } from '@vendo/contract'
import type { CallResponse } from '@vendo/contract/api'
import { type Command, Option } from 'commander'
import type { CliContext } from '../context.ts'
import { composeChildEnv } from '../env/compose-child-env.ts'
import { findReplacedKeys } from '../env/find-replaced-keys.ts'
import { findUnmetered } from '../env/find-unmetered.ts'
import { type Injection, loadInjection } from '../env/load-injection.ts'
import { readDotenv } from '../env/read-dotenv.ts'
import { listSettledCalls } from '../http/list-calls.ts'
import { mintRunKey, type RunKey, revokeKey } from '../run/mint-run-key.ts'
import { openRunBroker, type RunBroker } from '../run/open-run-broker.ts'
import { runChild } from '../run/run-child.ts'
import { type RunSignals, takeRunSignals } from '../run/run-signals.ts'
import { writeBill } from '../run/write-bill.ts'
import { CliError } from '../terminal/cli-error.ts'
import { paintFor } from '../terminal/paint.ts'
import { parseUsd } from '../terminal/parse-usd.ts'
import { printable } from '../terminal/printable.ts'
import { endsWithin, settleMs } from '../workers/ends-within.ts'

/** What the broker of a run gives calls that go on after its command. */
const runGraceMs = 30_000

interface RunOptions {
  readonly budget?: string
  readonly simulated?: true
  readonly live?: true
  readonly app?: string
  readonly tenant?: string
  readonly json?: true
}

/** `vendo run`: `time`, for LLM spend. */
export const addRun = (program: Command, context: CliContext): void => {
  program
    .command('run')
    .description('run a command, and print what its LLM calls cost')
    .argument('<command...>', 'the command and its parameters, after --')
    .option('--budget <usd>', 'a hard cap for this run, such as 0.50', parseUsd)
    .option('--simulated', 'simulated answers, whatever keys there are')
    .addOption(new Option('--live', 'fail rather than simulate when there is no key').conflicts('simulated'))
    .option('--app <app>', 'the app whose connections to use, on a broker that runs already')
    .option('--tenant <id>', 'the tenant, for operators of several')
    .option('--json', 'the bill as one line of JSON on stderr')
    .passThroughOptions()
    .addHelpText('after', '\nExample:\n  vendo run --budget 0.50 -- node app.js')
    .action((words: readonly string[], options: RunOptions) => run(context, words, options))
}

const run = async (context: CliContext, words: readonly string[], options: RunOptions): Promise<void> => {
  const dotenv = readDotenv(context.cwd)?.variables
  const mode = { ...options, simulated: options.simulated === true, live: options.live === true }
  const signals = takeRunSignals([context.input, context.output, context.errors].some(({ isTTY }) => isTTY === true))
  try {
    const broker = await openRunBroker(context, { env: context.env, dotenv }, mode)
    try {
      await runAgainst(broker, context, { words, options, dotenv, signals })
    } finally {
      await closeBroker(context, broker)
    }
  } finally {
    signals.release()
  }
}

/** The command's own background processes may still call; the exit code stays the command's. */
const closeBroker = async ({ errors }: CliContext, broker: RunBroker): Promise<void> => {
  if (await endsWithin(broker.close(), runGraceMs + settleMs)) return
  errors.write('vendo: not every call of the run was settled in time; what is left settles at its hold.\n')
}

interface Task {
  readonly words: readonly string[]
  readonly options: RunOptions
  readonly dotenv: Readonly<Record<string, string | undefined>> | undefined
  readonly signals: RunSignals
}

const runAgainst = async (broker: RunBroker, context: CliContext, task: Task): Promise<void> => {
  const { client } = broker.management
  const { budget, tenant } = task.options
  const budgetNanos = budget === undefined ? undefined : nanosFromUsd(budget)
  const name = `vendo run ${basename(task.words[0] ?? '')}`
  const key = await mintRunKey(client, { appId: broker.appId, tenant, name, budgetNanos })
  try {
    const exitCode = await runWithKey(broker, context, { ...task, key })
    context.exit(exitCode)
    const calls = await awaitCalls(broker, { keyId: key.id, tenant }, task.signals.hurry)
    writeBill(context, {
      calls,
      exitCode,
      simulated: broker.simulated,
      ...(budgetNanos !== undefined && { budgetNanos }),
      json: task.options.json === true,
    })
  } finally {
    await revokeKey(client, key.id)
  }
}

const runWithKey = async (
  broker: RunBroker,
  context: CliContext,
  { words, options, dotenv, signals, key }: Task & { readonly key: RunKey },
): Promise<number> => {
  const [command = '', ...parameters] = words
  const { env, cwd } = context
  const { url } = broker.management.client
  const injection = await loadInjection({ url, appKey: key.key, appId: broker.appId })
  if (injection.slugs.length === 0) throw nothingConnected(url)
  const unmetered = findUnmetered({ env, dotenv }, injection.slugs)
  // A cap that some calls escape would be none.
  const escaping = options.budget === undefined ? [] : unmetered.map(({ slug }) => slug)
  const find = (slugs: readonly string[]) =>
    findReplacedKeys({ env, dotenv, slugs }).filter((name) => !Object.hasOwn(injection.vars, name))
  const replaced = find(injection.slugs)
  const withheld = [...new Set([...replaced, ...find(escaping)])]
  const passed = unmetered.map(({ variable }) => variable).filter((name) => !withheld.includes(name))
  announce(context, { broker, injection, replaced, withheld, passed })
  signals.assertNone()
  return await runChild({
    command,
    parameters,
    env: composeChildEnv({ env, dotenv, injection, withheld }),
    cwd,
    signals,
  })
}

/** Names of variables, never values. */
interface Announcement {
  readonly broker: RunBroker
  readonly injection: Injection
  /** They carry a key that the command gets another one for. */
  readonly replaced: readonly string[]
  /** These, and what would escape a budget. */
  readonly withheld: readonly string[]
  readonly passed: readonly string[]
}

const announce = (context: CliContext, { broker, injection, ...variables }: Announcement): void => {
  const { yellow, bold } = paintFor(context, context.errors)
  const say = (text: string) => context.errors.write(`vendo: ${text}\n`)
  if (broker.note !== undefined) say(broker.note)
  if (broker.simulated) {
    say(
      `${yellow(bold('SIMULATED'))} answers: no provider is called and nothing is billed. \`--live\` needs a real key.`,
    )
  }
  for (const { message } of injection.warnings) say(message)
  for (const sentence of describeVariables(variables)) say(printable(sentence))
}

const describeVariables = ({ replaced, withheld, passed }: Omit<Announcement, 'broker' | 'injection'>): string[] => {
  const escaping = withheld.filter((name) => !replaced.includes(name))
  const list = (names: readonly string[]) => names.join(', ')
  return [
    ...(replaced.length === 0
      ? []
      : [`${list(replaced)} withheld from the command: it gets a key of this run instead.`]),
    ...(escaping.length === 0
      ? []
      : [`${list(escaping)} withheld from the command: calls with it would escape the budget.`]),
    ...(passed.length === 0 ? [] : [`${list(passed)} passed on as it is: calls with it are not in the bill.`]),
  ]
}

/** Ctrl-C while the last bills come in ends the wait, not the bill. */
const awaitCalls = (
  { management: { client } }: RunBroker,
  wanted: { readonly keyId: string; readonly tenant: string | undefined },
  signal: AbortSignal,
): Promise<readonly CallResponse[]> => listSettledCalls(client, wanted, { withinMs: 10_000, everyMs: 50, signal })

const nothingConnected = (url: string): CliError =>
  new CliError(
    `The app of the broker at ${url} is bound to no integration.`,
    'Connect one with `vendo connect anthropic`, or name another app with --app.',
  )
