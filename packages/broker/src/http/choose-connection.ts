import { createVendoError } from '@vendo/contract'
import type { ConnectionRecord } from '../store/records.ts'

/** What an app asks a credential for. */
export interface ConnectionChoice {
  readonly slug: string
  /** The id in `X-Vendo-Connection`. */
  readonly wanted?: string | undefined
}

/**
 * The connection an app uses for an integration: the one it names, else the oldest binding that works. Same choice as the
 * proxy makes.
 *
 * @param bound what the app is bound to, oldest binding first.
 * @throws {VendoError} `binding_missing`, `connection_revoked` or `connection_needs_reauth`.
 */
export const chooseConnection = (
  bound: readonly ConnectionRecord[],
  { slug, wanted }: ConnectionChoice,
): ConnectionRecord => {
  const candidates = bound.filter(({ id, integration }) => integration === slug && (wanted ?? id) === id)
  const connection = candidates.find(({ status }) => status === 'connected') ?? candidates[0]
  if (connection === undefined) {
    const which = wanted === undefined ? 'a connection' : `the connection ${JSON.stringify(wanted.slice(0, 60))}`
    throw createVendoError(`This app is not bound to ${which} for ${slug}.`, { code: 'binding_missing', slug })
  }
  if (connection.status === 'revoked') {
    throw createVendoError(`The connection for ${slug} was revoked.`, { code: 'connection_revoked', slug })
  }
  if (connection.status === 'needs_reauth') throw needsReauth(slug)
  return connection
}

/** The refusal for a grant that its owner must give again. */
export const needsReauth = (slug: string): Error =>
  createVendoError(`The connection for ${slug} must be connected again.`, { code: 'connection_needs_reauth', slug })
