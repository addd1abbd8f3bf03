import type { IncomingHttpHeaders } from 'node:http'
import type { Fields } from './asked.ts'
import type { Composer } from './compose-reply.ts'

/** What goes back: JSON at once, or an event stream whose pieces are sent one by one. */
export type Answer =
  | { readonly kind: 'json'; readonly status: number; readonly body: unknown }
  | { readonly kind: 'stream'; readonly pieces: readonly string[] }

/** One request that carried the credential. */
export interface Exchange {
  readonly body: Fields
  /** The path's segments that the route left open. */
  readonly id: string | undefined
  readonly compose: Composer
}

/** How one provider looks from outside: its paths, and how it refuses. */
export interface SimulatedProvider {
  /** The credential that a request carries. */
  readonly readCredential: (headers: IncomingHttpHeaders) => string | undefined
  readonly unauthorized: Answer
  readonly notFound: (method: string, path: string) => Answer
  readonly invalid: (message: string) => Answer
  /** By method and path; a path that ends in `/` takes one more segment. */
  readonly routes: Readonly<Record<string, (exchange: Exchange) => Answer>>
}

/** A JSON answer. */
export const json = (status: number, body: unknown): Answer => ({ kind: 'json', status, body })

/** The token of an `Authorization: Bearer` header. */
export const readBearer = ({ authorization }: IncomingHttpHeaders): string | undefined =>
  authorization?.replace(/^Bearer /i, '')
