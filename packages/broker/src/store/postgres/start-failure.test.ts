import { expect, it } from 'vitest'
import { storeUnavailable } from '../store-error.ts'
import { startFailure } from './start-failure.ts'

const url = 'postgres://vendo:not-a-real-password@db.internal/ledger'
const failure = (code: string | undefined, message: string) =>
  storeUnavailable('The store cannot be reached.', { cause: Object.assign(new Error(message), { code }) })

it.each([
  ['28P01', 'password authentication failed', 'password or the user was rejected'],
  [undefined, 'SASL: client password must be a string', 'password or the user was rejected'],
  ['28000', 'no pg_hba.conf entry', 'does not let this user in'],
  ['3D000', 'database does not exist', 'no such database'],
  ['ECONNREFUSED', 'connect ECONNREFUSED', 'connection was refused'],
  ['ENOTFOUND', 'getaddrinfo ENOTFOUND', 'host is unknown'],
  ['EAI_AGAIN', 'getaddrinfo EAI_AGAIN', 'host is unknown'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed', 'TLS failed'],
  [undefined, 'The server does not support SSL connections', 'TLS failed'],
  [undefined, 'timeout exceeded when trying to connect', 'did not answer in time'],
])('%s (%s) names host, database and cause, and no password', (code, message, reason) => {
  const error = startFailure(url, failure(code, `${message} not-a-real-password`))
  expect(error?.message).toContain('The database ledger at db.internal:5432')
  expect(error?.message).toContain(reason)
  expect(`${error?.message} ${error?.suggestedFix} ${String(error?.cause)}`).not.toContain('not-a-real')
})

it('another refusal keeps its own words', () => {
  expect(startFailure(url, storeUnavailable('This Postgres is too old.'))).toBeUndefined()
})
