import { constants } from 'node:os'
import { nanosFromUsd } from '@vendo/contract'
import type { CliContext } from '../context.ts'
import { loadInjection } from '../env/load-injection.ts'
import { CliError } from '../terminal/cli-error.ts'
import { untilStopped } from '../terminal/until-stopped.ts'
import { type DemoResult, demoDocument, type WithoutVendo } from './demo-document.ts'
import { type MeteredRun, readLedger, runMetered } from './metered-run.ts'
import { createNarrator, type Narrator } from './narrator.ts'
import { createProgress, type Progress } from './progress.ts'
import { proveCap } from './prove-cap.ts'
import { runWithoutVendo } from './run-without-vendo.ts'
import { openStage, type Stage } from './stage.ts'

/** What was asked for on the command line. */
export interface DemoOptions {
  readonly once: boolean
  readonly json: boolean
  readonly live: boolean
  readonly port: number
}

/** Together with the proof's $0.001 this is the $0.05 that `--live` promises. */
const liveCapNanos = nanosFromUsd('0.049')

/**
 * The main job, shown: the sample app calls three providers through a local broker, its bill, a limit that holds, and the
 * same app without any broker. Serves until Ctrl-C unless `once`.
 *
 * @throws {CliError} when the store is in use, a provider refuses or there is no key for `live`; {VendoError} when the port
 *   is taken.
 */
export const runDemo = async (context: CliContext, options: DemoOptions): Promise<void> => {
  const stop = untilStopped()
  const progress = createProgress(context)
  try {
    progress.waitFor('starting the broker')
    const stage = await openStage(context, options)
    try {
      const shown = perform({ context, options, stage, progress }, stop.signal)
      await Promise.race([shown, stop.signal.then(interrupted)])
      if (!options.once) await serve(context, stop.signal)
    } finally {
      progress.clear()
      await stage.close()
    }
  } finally {
    progress.clear()
    stop.release()
  }
}

const interrupted = (): never => {
  throw new CliError('Interrupted.', undefined, 128 + constants.signals.SIGINT)
}

const serve = async ({ errors }: CliContext, stopped: Promise<void>): Promise<void> => {
  await stopped
  errors.write('vendo: stopping; Ctrl-C again to cut what still runs.\n')
}

interface Performance {
  readonly context: CliContext
  readonly options: DemoOptions
  readonly stage: Stage
  readonly progress: Progress
}

const perform = async (performance: Performance, stopped: Promise<void>): Promise<void> => {
  const { context, options, stage } = performance
  const interrupt = new AbortController()
  void stopped.then(() => interrupt.abort())
  const narrator = options.json ? silent : createNarrator(context)
  const result = await show(performance, narrator, interrupt.signal)
  if (options.json) context.output.write(`${JSON.stringify(demoDocument(result), null, 2)}\n`)
  narrator.yourTurn(stage, options.once ? undefined : await loadInjection(stage.broker))
}

const show = async (performance: Performance, narrator: Narrator, signal: AbortSignal): Promise<DemoResult> => {
  const { context, stage, progress, options } = performance
  const { simulated, url } = stage.broker
  progress.clear()
  narrator.opening(stage)
  const run = await runMetered(context, stage, {
    onReady: (injection) => {
      narrator.appStarts(injection)
      progress.waitFor('waiting for the first answer')
    },
    onOutput: (text) => {
      progress.clear()
      narrator.answer(text)
    },
    signal,
    capNanos: options.live ? liveCapNanos : undefined,
  })
  narrator.answersEnd()
  narrator.bill(run, simulated)
  progress.waitFor('asking for too much')
  const proof = await proveCap(stage)
  progress.clear()
  narrator.proof(proof)
  progress.waitFor('running the same app without Vendo')
  const withoutVendo = await compareWithoutVendo(performance, run, signal)
  progress.clear()
  narrator.withoutVendo(withoutVendo)
  return { simulated, url, run, proof, withoutVendo }
}

const compareWithoutVendo = async (
  { context, stage }: Performance,
  run: MeteredRun,
  signal: AbortSignal,
): Promise<WithoutVendo | undefined> => {
  if (stage.upstream === undefined) return undefined
  const before = await readLedger(stage)
  const own = await runWithoutVendo(context, stage.upstream, signal)
  const after = await readLedger(stage)
  return {
    environment: own.environment,
    dotenv: own.dotenv,
    sameOutput: own.output === run.output,
    newRows: after.checked.rows - before.checked.rows,
  }
}

const nothing = (): void => {}
const silent: Narrator = {
  opening: nothing,
  appStarts: nothing,
  answer: nothing,
  answersEnd: nothing,
  bill: nothing,
  proof: nothing,
  withoutVendo: nothing,
  yourTurn: nothing,
}
