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
  release(): void
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
export const readBody = (
  { message, answer }: Pick<Incoming, 'message' | 'answer'>,
  limits: BodyLimits,
): Promise<BufferedBody> =>
  new Promise((resolve, reject) => {
    assertUncompressed(message)
    assertAnnouncedSize(message, limits.mostBytes)
    askForBody(message, answer)
    // Left, or sent what is no HTTP, before anybody listened: none of the events below would come any more.
    if (message.destroyed) throw new ClientGone()
    const body = new BodyInParts(limits)
    const fail = (error: unknown) => {
      message.removeListener('data', take)
      // The rest flows away unread, so that the refusal reaches a client that is still sending.
      message.resume()
      body.release()
      reject(error)
    }
    const take = (chunk: Buffer) => {
      try {
        body.add(chunk)
      } catch (error) {
        fail(error)
      }
    }
    message.on('data', take)
    message.once('end', () => {
      body.whole = true
      resolve(body)
    })
    const lose = () => {
      if (!body.whole) fail(new ClientGone())
    }
    message.once('error', lose)
    message.once('close', lose)
  })

class BodyInParts implements BufferedBody {
  whole = false
  readonly #limits: BodyLimits
  readonly #chunks: Buffer[] = []
  #taken = 0

  constructor(limits: BodyLimits) {
    this.#limits = limits
  }

  get bytes(): Buffer {
    const [first] = this.#chunks
    return first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks, this.#taken)
  }

  add(chunk: Buffer): void {
    const { mostBytes, budget } = this.#limits
    if (this.#taken + chunk.length > mostBytes) throw bodyTooLarge(mostBytes)
    if (!budget.take(chunk.length)) {
      const message = 'The broker holds too many request bodies just now.'
      throw createVendoError(message, { code: 'overloaded', retryAfter: 1 })
    }
    this.#taken += chunk.length
    this.#chunks.push(chunk)
  }

  release(): void {
    this.#limits.budget.give(this.#taken)
    this.#taken = 0
  }
}

/**
 * Refuses a body that cannot be read as it goes by.
 *
 * @throws {VendoError} `unsupported_encoding`
 */
export const assertUncompressed = (message: Pick<IncomingMessage, 'headers'>): void => {
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
