import { CliError } from '../terminal/cli-error.ts'
import { endsWithin, settleMs } from './ends-within.ts'

/**
 * Closes a broker: new calls are refused, running ones may end within the grace, all are settled.
 *
 * @throws {CliError} with exit code 1 when not everything was over in time; what is left settles at the next start, and the
 *   process ends whatever hangs.
 */
export const drainBroker = async (broker: { close(): Promise<void> }, graceMs: number): Promise<void> => {
  if (await endsWithin(broker.close(), graceMs + settleMs)) return
  // Whatever hangs would keep this process alive; it gets just long enough to say so.
  setTimeout(() => process.exit(1), 100).unref()
  throw new CliError(
    `Not everything was settled ${(graceMs + settleMs) / 1000} s after the signal.`,
    'What is left is in the outbox, or settles at its hold, when a broker starts again.',
  )
}
