import type { ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import { CliError } from '../terminal/cli-error.ts'

/** What becomes of the signals that `vendo run` gets. */
export interface RunSignals {
  /** Aborted by a signal that comes after the command has ended: its bill is not waited for any longer. */
  readonly hurry: AbortSignal
  /**
   * Before the command is started.
   *
   * @throws {CliError} with 128 + n when a signal came already, so that it is not started at all.
   */
  assertNone(): void
  /** From now on signals are the command's. */
  passTo(child: ChildProcess): void
  /** The command has ended: what is left is its bill, and the end of its key. */
  childEnded(): void
  /** Gives the signals their usual meaning back. */
  release(): void
}

const caught = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const
type Caught = (typeof caught)[number]
const sentByTerminal: ReadonlySet<Caught> = new Set(['SIGINT', 'SIGQUIT'])
/** A terminal that closes sends the first of them, which asks for no haste; the second is for the command alone. */
const patient: ReadonlySet<Caught> = new Set(['SIGHUP', 'SIGUSR2'])

/**
 * Takes the signals for a whole run: a run that ended between its first line and its last would leave a key that works.
 * Before and after the command the first signal ends the run in order, and a second SIGINT, SIGQUIT or SIGTERM at once.
 *
 * @param onTerminal whether a terminal sends Ctrl-C to the command itself, so that passing it on would be once too often.
 */
export const takeRunSignals = (onTerminal: boolean): RunSignals => {
  const hurry = new AbortController()
  let early: Caught | undefined
  let child: ChildProcess | undefined
  const receive = (signal: Caught): void => {
    if (child !== undefined) {
      if (!(onTerminal && sentByTerminal.has(signal))) child.kill(signal)
      return
    }
    if (!patient.has(signal) && (early !== undefined || hurry.signal.aborted)) {
      process.exit(128 + constants.signals[signal])
    }
    receiveAlone(signal)
  }
  let receiveAlone = (signal: Caught): void => {
    if (signal !== 'SIGUSR2') early ??= signal
  }
  const listeners = caught.map((signal) => [signal, () => receive(signal)] as const)
  for (const [signal, listener] of listeners) process.on(signal, listener)
  return {
    hurry: hurry.signal,
    assertNone: () => {
      if (early !== undefined) throw new CliError('Interrupted.', undefined, 128 + constants.signals[early])
    },
    passTo: (started) => {
      child = started
    },
    childEnded: () => {
      child = undefined
      early = undefined
      receiveAlone = () => hurry.abort()
    },
    release: () => {
      for (const [signal, listener] of listeners) process.removeListener(signal, listener)
    },
  }
}
