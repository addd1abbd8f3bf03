import type { IncomingMessage } from 'node:http'
import { createVendoError, type VendoError } from '@vendo/contract'
import { askForBody } from './ask-for-body.ts'
import type { BodyBudget } from './body-budget.ts'
import type { Incoming } from './records.ts'

/** Thrown when the client left before its request was whole: there is nobody to answer. */
export class ClientGone extends Error {
  constructor() {
    super('The client left before its request was complete.')
    this.name = 'ClientGone'
  }
}

/** A request body in memory; `release` gives its bytes back to the budget, once. */
export interface BufferedBody {
  readonly bytes: Buffer
  readonly release: () => void
}

/** How much may be read. */
export interface BodyLimits {
  readonly mostBytes: number
  readonly budget: BodyBudget
}

/**
 * Reads a whole request body.
 *
 * @throws {VendoError} `unsupported_encoding` when it is compressed, `request_too_large`, or `overloaded` when the broker holds too many bodies already.
 * @throws {ClientGone} when the client leaves first.
 */
export const readBody = async (
  { message, answer }: Pick<Incoming, 'message' | 'answer'>,
  limits: BodyLimits,
): Promise<BufferedBody> => {
  assertUncompressed(message)
  assertAnnouncedSize(message, limits.mostBytes)
  askForBody(message, answer)
  const chunks: Buffer[] = []
  let taken = 0
  const release = () => {
    limits.budget.give(taken)
    taken = 0
  }
  try {
    await collect(message, (chunk) => {
      if (taken + chunk.length > limits.mostBytes) throw bodyTooLarge(limits.mostBytes)
      if (!limits.budget.take(chunk.length)) {
        throw createVendoError('The broker holds too many request bodies just now.', {
          code: 'overloaded',
          retryAfter: 1,
        })
      }
      taken += chunk.length
      chunks.push(chunk)
    })
  } catch (error) {
    release()
    throw error
  }
  return { bytes: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, taken), release }
}

const collect = (message: IncomingMessage, add: (chunk: Buffer) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    // Left, or sent what is no HTTP, before anybody listened: none of the events below would come any more.
    if (message.destroyed) return reject(new ClientGone())
    const fail = (error: unknown) => {
      message.removeListener('data', take)
      // The rest flows away unread, so that the refusal reaches a client that is still sending.
      message.resume()
      reject(error)
    }
    const take = (chunk: Buffer) => {
      try {
        add(chunk)
      } catch (error) {
        fail(error)
      }
    }
    message.on('data', take)
    message.once('end', resolve)
    message.once('error', () => fail(new ClientGone()))
    message.once('close', () => {
      if (!message.complete) fail(new ClientGone())
    })
  })

const assertUncompressed = (message: IncomingMessage): void => {
  const encoding = message.headers['content-encoding']
  if (encoding === undefined || encoding === 'identity') return
  throw createVendoError(`A request body with content-encoding ${encoding} cannot be metered.`, {
    code: 'unsupported_encoding',
  })
}

/**
 * Refuses a body whose announced length is too large before any of it is read.
 *
 * @throws {VendoError} `request_too_large`
 */
export const assertAnnouncedSize = ({ headers }: IncomingMessage, mostBytes: number): void => {
  if (Number(headers['content-length'] ?? 0) > mostBytes) throw bodyTooLarge(mostBytes)
}

/** The refusal of a body of more than so many bytes: `request_too_large`. */
export const bodyTooLarge = (mostBytes: number): VendoError =>
  createVendoError(`The request body is larger than ${Math.floor(mostBytes / 1_000_000)} MB.`, {
    code: 'request_too_large',
  })
