import { Readable } from 'node:stream'
import type { CliContext } from '../context.ts'
import { runVendo } from '../program.ts'
import { type OutlastingOutput, outlastOutput } from './outlast-output.ts'

/** Commands whose text is said by the way: they have done their work even if nobody could read it. */
const serving: ReadonlySet<string | undefined> = new Set(['dev', 'broker', 'run', 'demo'])

/** How long text may wait for a reader after such a command, in ms. */
const lastWordsMs = 2_000

/**
 * Runs `vendo` as this process: with its arguments, its environment and its standard streams, none of which can end the
 * process by breaking, or hold up the end of a command that serves. Sets the exit code.
 */
export const runProcess = async (): Promise<void> => {
  const words = process.argv.slice(2)
  const serves = serving.has(words[0])
  const output = outlastOutput(() => withoutWaiting(process.stdout, serves))
  const errors = outlastOutput(() => withoutWaiting(process.stderr, serves))
  const surroundings = { env: process.env, cwd: process.cwd(), input: openInput(), output, errors }
  process.exitCode = await runVendo(words, surroundings)
  if (serves) setTimeout(() => process.exit(), lastWordsMs).unref()
  else process.once('beforeExit', () => reportLoss(output, errors))
}

/** A result that did not arrive is a failure, except that whoever closes a pipe knows that there was more. */
const reportLoss = ({ failure }: OutlastingOutput, errors: OutlastingOutput): void => {
  if (failure === undefined) return
  process.exitCode ||= 1
  if (failure !== 'EPIPE') errors.write(`vendo: The result could not be written to stdout (${failure}).\n`)
}

/** Node makes a process wait for a terminal that is paused (Ctrl-S), and with it the calls that it serves. */
const withoutWaiting = <Stream extends NodeJS.WriteStream>(stream: Stream, serves: boolean): Stream => {
  const { _handle: handle } = stream as unknown as { _handle?: { setBlocking?(blocking: boolean): unknown } }
  if (serves && stream.isTTY) handle?.setBlocking?.(false)
  return stream
}

const openInput = (): CliContext['input'] => {
  try {
    const { stdin } = process
    // Whoever reads it is told by the reading.
    stdin.on('error', () => undefined)
    return stdin
  } catch {
    // A terminal that is gone.
    return Readable.from([])
  }
}
