import type { IncomingMessage } from 'node:http'

/** How long a client that was answered early may go on sending, so that it gets to read the answer. */
export const maxLingerMs = 5_000

/** How many connections get a read of up to 128 kB in one round, and how long a round takes at least. */
const readsPerRound = 4
const roundMs = 1

const waiting = new Set<IncomingMessage>()
const dropped = new WeakSet<IncomingMessage>()
let round: NodeJS.Timeout | undefined

const readRound = (): void => {
  round = undefined
  let left = readsPerRound
  for (const message of waiting) {
    if (left-- === 0) break
    waiting.delete(message)
    message.resume()
  }
  if (waiting.size > 0) round ??= setTimeout(readRound, roundMs)
}

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
    waiting.delete(message)
  })
  message.on('data', () => {
    message.pause()
    waiting.add(message)
    round ??= setTimeout(readRound, roundMs)
  })
  message.resume()
}
