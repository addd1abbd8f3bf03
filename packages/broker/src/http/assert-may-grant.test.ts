import { describe, expect, it } from 'vitest'
import type { ConnectionRecord } from '../store/records.ts'
import { assertMayGrant } from './assert-may-grant.ts'

const storeWith = (...profiles: ConnectionRecord['profile'][]) => ({
  listConnections: async () => profiles.map((profile) => ({ profile }) as ConnectionRecord),
})
const granting = (scope: 'tenant' | 'operator', limits = { allow_unbounded: true }) => ({
  caller: { scope },
  tenantId: 'ten_1',
  limits,
})

describe('who may allow calls without a bound', () => {
  it('a tenant may not where any of its credentials is pooled', async () => {
    const refused = assertMayGrant(storeWith('byok_static', 'vendo_managed_pool'), granting('tenant'))
    await expect(refused).rejects.toMatchObject({ code: 'key_scope', status: 403 })
  })
  it.each([
    ['the operator, anywhere', storeWith('vendo_managed_pool'), granting('operator')],
    ['a tenant on credentials of its own', storeWith('byok_static'), granting('tenant')],
    [
      'anybody who does not ask for it',
      storeWith('vendo_managed_pool'),
      granting('tenant', { allow_unbounded: false }),
    ],
  ])('%s', async (_who, store, grant) => {
    await expect(assertMayGrant(store, grant)).resolves.toBeUndefined()
  })
})
