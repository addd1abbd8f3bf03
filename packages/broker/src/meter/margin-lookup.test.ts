import { meters } from '@vendo/contract'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MarginRecord } from '../store/records.ts'
import { createMarginLookup, type MarginRule, resolveMargin, sharedMargin } from './margin.ts'

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
) as fc.Arbitrary<MarginRule>

const since = (rules: readonly MarginRule[]): readonly MarginRecord[] =>
  rules.map((rule) => ({ ...rule, effectiveFrom: 0, createdAt: 0, authorKeyId: null, note: '' }))
const model = { model: 'test-model', aliases: [] }

describe('createMarginLookup', () => {
  it('answers as the records do, for every tenant, integration and meter', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 8 }), (records) => {
        const lookUp = createMarginLookup(since(records))
        for (const tenantId of [...tenants, ...tenants]) {
          for (const integration of integrations) {
            const marginOf = lookUp({ tenantId, integration, model, at: 1 })
            const resolved = meters.map((meter) => resolveMargin(records, { tenantId, integration, model, meter }))
            expect(meters.map(marginOf)).toEqual(resolved)
            expect(sharedMargin(marginOf)).toBe(new Set(resolved).size === 1 ? resolved[0] : undefined)
          }
        }
      }),
    )
  })

  it('remembers one function for each tenant with records, and one for all others', () => {
    const lookUp = createMarginLookup(since([{ tenantId: 'tenant_a', margin: '0.1' }]))
    const of = (tenantId: string, integration: string) => lookUp({ tenantId, integration, model, at: 1 })
    expect(of('tenant_a', 'openai')).toBe(of('tenant_a', 'openai'))
    expect(of('tenant_b', 'openai')).toBe(of('tenant_c', 'openai'))
    expect(of('tenant_b', 'openai')).not.toBe(of('tenant_a', 'openai'))
    expect(of('tenant_b', 'openai')).not.toBe(of('tenant_b', 'anthropic'))
  })
})
