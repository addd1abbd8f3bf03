import type { IncomingMessage } from 'node:http'
import { createReadRounds } from '../pipeline/read-rounds.ts'

/** How long a client that was answered early may go on sending, so that it gets to read the answer. */
export const maxLingerMs = 5_000

const rounds = createReadRounds(4, (round) => void setTimeout(round, 1))
const dropped = new WeakSet<IncomingMessage>()

/**
 * Reads and drops what is left of a body whose request has its answer. All such bodies together are read at a bounded speed,
 * because nothing depends on them and reading costs the calls of others time; after `maxMs` the connection is closed.
 */
export const dropRest = (message: IncomingMessage, maxMs = maxLingerMs): void => {
  if (message.complete || message.destroyed || dropped.has(message)) return
  dropped.add(message)
  // From now on Node takes it for read, and does not read it itself as fast as it comes.
  message.read(0)
  const late = setTimeout(() => message.destroy(), maxMs).unref()
  message.on('error', () => undefined)
  message.once('close', () => {
    clearTimeout(late)
    rounds.leave(message)
  })
  message.on('data', () => rounds.wait(message))
  message.resume()
}
