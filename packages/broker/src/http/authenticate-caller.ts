import { Secret } from '@vendo/contract'
import { checkKeyRecord, type HeaderReader, readPresentedKey } from '../keys/authenticate-key.ts'
import { hashKey } from '../keys/hash-key.ts'
import type { ApiDependencies } from './api-dependencies.ts'
import type { ApiCaller } from './api-environment.ts'

/**
 * Who presents the key of these headers. Reads the store each time, so a revocation counts at once.
 *
 * @throws {VendoError} `app_unknown`, `app_revoked`, `app_expired` or `key_conflict`.
 */
export const authenticateCaller = async (
  { store, clock }: Pick<ApiDependencies, 'store' | 'clock'>,
  headers: HeaderReader,
): Promise<ApiCaller> => {
  const presented = readPresentedKey(headers)
  const record = await store.findKeyByHash(hashKey(presented))
  return { key: checkKeyRecord(record, clock()), presented: new Secret(presented) }
}
