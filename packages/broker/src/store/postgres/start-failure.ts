import { isVendoError, type VendoError } from '@vendo/contract'
import { storeUnavailable } from '../store-error.ts'

/**
 * Names the host, the database and the cause of a first connection that failed, never the password: nothing of what the
 * driver said is quoted. An error with another reason, such as a Postgres that is too old, is `undefined`.
 */
export const startFailure = (url: string, error: unknown): VendoError | undefined => {
  const cause = isVendoError(error) ? error.cause : error
  const known = causeOf(cause)
  if (known === undefined) return undefined
  const { hostname, port, pathname, searchParams } = new URL(url)
  const host = searchParams.get('host') ?? (hostname === '' ? 'localhost' : hostname)
  const database = pathname.slice(1) === '' ? 'of the user’s name' : pathname.slice(1)
  const place = `${host}:${searchParams.get('port') ?? (port === '' ? '5432' : port)}`
  return storeUnavailable(`The database ${database} at ${place} cannot be used: ${known.reason}.`, {
    suggestedFix: known.fix,
  })
}

interface Known {
  readonly reason: string
  readonly fix: string
}

const tls: Known = {
  reason: 'TLS failed',
  fix: 'Check sslmode and sslrootcert in the URL against the certificate of the server, and whether the server offers TLS.',
}
const refusedLogin: Known = {
  reason: 'the password or the user was rejected',
  fix: 'Check the user in the URL and the password in PGPASSWORD or the .pgpass file, which must be readable by its owner alone.',
}
const unknownHost: Known = { reason: 'the host is unknown', fix: 'Check the host in the URL, and the DNS.' }
const timedOut: Known = {
  reason: 'it did not answer in time',
  fix: 'Check the host, the port and the firewalls in between.',
}

// https://www.postgresql.org/docs/15/errcodes-appendix.html, and the codes of Node's sockets.
const byCode: ReadonlyMap<string, Known> = new Map([
  ['28P01', refusedLogin],
  ['28000', { reason: 'the server does not let this user in', fix: 'Check the user in the URL, and pg_hba.conf.' }],
  ['3D000', { reason: 'there is no such database', fix: 'Create it with createdb, or check the name in the URL.' }],
  ['53300', { reason: 'the server has no connection left', fix: 'Raise max_connections, or stop other clients.' }],
  ['57P03', { reason: 'the server is still starting, or stopping', fix: 'Try again in a moment.' }],
  ['ECONNREFUSED', { reason: 'the connection was refused', fix: 'Start the server, or check the host and the port.' }],
  ['ENOTFOUND', unknownHost],
  ['EAI_AGAIN', unknownHost],
  ['ETIMEDOUT', timedOut],
  ['EHOSTUNREACH', { reason: 'the host cannot be reached', fix: 'Check the network between here and the host.' }],
])

const causeOf = (error: unknown): Known | undefined => {
  const { code, message } = error instanceof Error ? (error as Error & { code?: unknown }) : { code: '', message: '' }
  const known = byCode.get(String(code))
  if (known !== undefined) return known
  if (/SSL|TLS|CERT|ISSUER/.test(String(code)) || /SSL|TLS|certificate/i.test(message)) return tls
  if (/timeout|timed out/i.test(message)) return timedOut
  return /password/i.test(message) ? refusedLogin : undefined
}
