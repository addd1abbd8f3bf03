import { describe, expect, it } from 'vitest'
import type { KeyRecord } from '../store/records.ts'
import type { DirectoryStore } from '../store/store.ts'
import { selectTenant } from './select-tenant.ts'

const storeOf = (...ids: string[]) =>
  ({ listTenants: async () => ids.map((id) => ({ id, name: id, createdAt: 0 })) }) as unknown as DirectoryStore
const keyOf = (tenantId: string | null) => ({ tenantId }) as KeyRecord

describe('selectTenant', () => {
  it.each([
    ["a tenant's key means its tenant", 'a', undefined, ['a', 'b'], 'a'],
    ["a tenant's key may say so", 'a', 'a', ['a', 'b'], 'a'],
    ["a tenant's key cannot mean another", 'a', 'b', ['a', 'b'], 'key_scope'],
    ['an operator key names one', null, 'b', ['a', 'b'], 'b'],
    ['an operator key names none that exists', null, 'c', ['a', 'b'], 'not_found'],
    ['an operator key means the only one', null, undefined, ['a'], 'a'],
    ['an operator key must choose', null, undefined, ['a', 'b'], 'validation_failed'],
    ['an operator key has nothing to choose from', null, undefined, [], 'validation_failed'],
  ])('%s', async (_rule, tenantId, wanted, tenants, outcome) => {
    const selected = selectTenant(storeOf(...tenants), keyOf(tenantId), wanted)
    await expect(selected.catch((error: { code: string }) => error.code)).resolves.toBe(outcome)
  })
})
