import { createVendoError } from '@vendo/contract'
import { checkKeyRecord, type HeaderReader, readPresentedKey } from '../keys/authenticate-key.ts'
import { hashKey } from '../keys/hash-key.ts'
import type { EpochMs, KeyRecord } from '../store/records.ts'
import type { Directory } from './directory.ts'
import type { Caller } from './records.ts'
import { andThen, type Soon } from './soon.ts'

/**
 * Who calls the proxy. The tenant comes from the key's record alone.
 *
 * @throws {VendoError} `app_unknown`, `app_revoked`, `app_expired`, `key_conflict`; `key_scope` for a management key.
 */
export const authenticate = (directory: Directory, headers: HeaderReader, queryKey: string | null): Soon<Caller> =>
  andThen(directory.keyByHash(hashKey(readPresentedKey(headers, queryKey))), (record) =>
    callerOf(record, directory.now()),
  )

const callerOf = (record: KeyRecord | null, now: EpochMs): Caller => {
  const key = checkKeyRecord(record, now)
  if (key.kind !== 'inference' || key.tenantId === null) {
    throw createVendoError('A management key can never call a provider.', {
      code: 'key_scope',
      suggestedFix: 'Use an inference key (vendo_sk_…), which `vendo keys create` makes.',
    })
  }
  return { key, tenantId: key.tenantId }
}
