import type { IncomingMessage, ServerResponse } from 'node:http'

/** As long as any client that was answered early. */
const lingerMs = 5_000

/**
 * Keeps the connection of a client that is still sending when its answer ends: closed under it, it would be reset, and the
 * reset could overtake the answer. The rest is read and dropped for at most `mostMs`. To be called before the answer's head.
 */
export const outliveAnswer = (message: IncomingMessage, answer: ServerResponse, mostMs = lingerMs): void => {
  const closes = !answer.shouldKeepAlive
  // Node would close the connection of a client that asked for that, right behind the answer.
  answer.shouldKeepAlive = true
  const close = () => {
    if (closes) message.socket.destroySoon()
  }
  answer.once('finish', () => {
    if (message.complete) return close()
    const patience = setTimeout(() => message.destroy(), mostMs)
    patience.unref()
    message.once('close', () => {
      clearTimeout(patience)
      close()
    })
    message.resume()
  })
}
