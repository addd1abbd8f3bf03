import { meters } from '@vendo/contract'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MarginRecord } from '../store/records.ts'
import { createMarginLookup, resolveMargin, sharedMargin } from './margin.ts'

const tenants = ['tenant_a', 'tenant_b', 'tenant_c']
const integrations = ['openai', 'anthropic']

const record = fc.record(
  {
    tenantId: fc.constantFrom('tenant_a', 'tenant_b'),
    integration: fc.constantFrom(...integrations),
    meter: fc.constantFrom('input', 'output', 'web_search'),
    margin: fc.constantFrom('0', '0.1', '0.2', '0.35'),
  },
  { requiredKeys: ['margin'] },
) as fc.Arbitrary<MarginRecord>

describe('createMarginLookup', () => {
  it('answers as the records do, for every tenant, integration and meter', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 8 }), (records) => {
        const lookUp = createMarginLookup(records)
        for (const tenantId of [...tenants, ...tenants]) {
          for (const integration of integrations) {
            const marginOf = lookUp(tenantId, integration)
            const resolved = meters.map((meter) => resolveMargin(records, { tenantId, integration, meter }))
            expect(meters.map(marginOf)).toEqual(resolved)
            expect(sharedMargin(marginOf)).toBe(new Set(resolved).size === 1 ? resolved[0] : undefined)
          }
        }
      }),
    )
  })

  it('remembers one function for each tenant with records, and one for all others', () => {
    const lookUp = createMarginLookup([{ tenantId: 'tenant_a', margin: '0.1' }])
    expect(lookUp('tenant_a', 'openai')).toBe(lookUp('tenant_a', 'openai'))
    expect(lookUp('tenant_b', 'openai')).toBe(lookUp('tenant_c', 'openai'))
    expect(lookUp('tenant_b', 'openai')).not.toBe(lookUp('tenant_a', 'openai'))
    expect(lookUp('tenant_b', 'openai')).not.toBe(lookUp('tenant_b', 'anthropic'))
  })
})
