import { describe, expect, it } from 'vitest'
import type { KeyRecord } from '../store/records.ts'
import type { DirectoryStore } from '../store/store.ts'
import { selectTenant } from './select-tenant.ts'

const storeOf = (...ids: string[]) =>
  ({ listTenants: async () => ids.map((id) => ({ id, name: id, createdAt: 0 })) }) as unknown as DirectoryStore
const keyOf = (tenantId: string | null) => ({ tenantId }) as KeyRecord

describe('selectTenant', () => {
  it.each([
    { rule: "a tenant's key means its tenant", owner: 'a', wanted: undefined, tenants: ['a', 'b'], outcome: 'a' },
    { rule: "a tenant's key may say so", owner: 'a', wanted: 'a', tenants: ['a', 'b'], outcome: 'a' },
    { rule: "a tenant's key cannot mean another", owner: 'a', wanted: 'b', tenants: ['a', 'b'], outcome: 'key_scope' },
    { rule: 'an operator key names one', owner: null, wanted: 'b', tenants: ['a', 'b'], outcome: 'b' },
    {
      rule: 'an operator key names none that exists',
      owner: null,
      wanted: 'c',
      tenants: ['a', 'b'],
      outcome: 'not_found',
    },
    { rule: 'an operator key means the only one', owner: null, wanted: undefined, tenants: ['a'], outcome: 'a' },
    {
      rule: 'an operator key must choose',
      owner: null,
      wanted: undefined,
      tenants: ['a', 'b'],
      outcome: 'validation_failed',
    },
    {
      rule: 'an operator key has nothing to choose from',
      owner: null,
      wanted: undefined,
      tenants: [],
      outcome: 'validation_failed',
    },
  ])('$rule', async ({ owner, wanted, tenants, outcome }) => {
    const selected = selectTenant(storeOf(...tenants), keyOf(owner), wanted)
    await expect(selected.catch((error: { code: string }) => error.code)).resolves.toBe(outcome)
  })
})
