import { parentPort } from 'node:worker_threads'
import { isVendoError } from '@vendo/contract'
import { type MeteredBody, type MeteredBodyInParts, readMeteredBody } from './read-metered-body.ts'

/** A refusal in a form that crosses threads. */
export interface BodyRefusal {
  readonly code: string
  readonly message: string
  readonly suggestedFix: string | undefined
}

/** What the worker says of one body. */
export type BodyReply = { readonly read: MeteredBody } | { readonly refused: BodyRefusal }

const port = parentPort
if (port === null) throw new TypeError('body-worker runs only as a worker thread')

port.on('message', ({ parts, ...input }: MeteredBodyInParts) => {
  try {
    const read = readMeteredBody({ ...input, bytes: join(parts) })
    const { buffer } = read.outgoing
    port.postMessage({ read } satisfies BodyReply, buffer instanceof ArrayBuffer ? [buffer] : [])
  } catch (error) {
    // What nobody foresaw ends this worker, and with it this one call.
    if (!isVendoError(error)) throw error
    const { code, message, suggestedFix } = error
    port.postMessage({ refused: { code, message, suggestedFix } } satisfies BodyReply)
  }
})

/** Bytes in a buffer of their own, so that they can be given away. */
function join(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts
  if (first !== undefined && parts.length === 1) return first
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
