import { describe, expect, it } from 'vitest'
import type { MarginRecord } from '../store/records.ts'
import { resolveMargin } from './margin.ts'

const scope = { tenantId: 'tenant_a', integration: 'openai', meter: 'output' } as const
const { tenantId, integration, meter } = scope

/** Narrowest first: each rank beats all that follow. */
const ranks: readonly (MarginRecord & { rule: string })[] = [
  { rule: 'tenant, integration and meter', tenantId, integration, meter, margin: '0.08' },
  { rule: 'tenant and meter', tenantId, meter, margin: '0.07' },
  { rule: 'tenant and integration', tenantId, integration, margin: '0.06' },
  { rule: 'tenant', tenantId, margin: '0.05' },
  { rule: 'integration and meter', integration, meter, margin: '0.04' },
  { rule: 'meter', meter, margin: '0.03' },
  { rule: 'integration', integration, margin: '0.02' },
  { rule: 'global', margin: '0.01' },
]

describe('resolveMargin', () => {
  it.each(ranks.map((record, index) => ({ ...record, index })))('$rule beats everything wider', ({ index, margin }) => {
    expect(resolveMargin(ranks.slice(index), scope)).toBe(margin)
    expect(resolveMargin(ranks.slice(index).toReversed(), scope)).toBe(margin)
  })

  it.each([
    { rule: 'another tenant', record: { tenantId: 'tenant_b', margin: '9' } },
    { rule: 'another integration', record: { integration: 'anthropic', margin: '9' } },
    { rule: 'another meter of the tenant', record: { tenantId, meter: 'input', margin: '9' } as const },
  ])('a record of $rule does not apply', ({ record }) => {
    expect(resolveMargin([record], scope)).toBe('0.2')
  })

  it('is 0.2 without any record', () => {
    expect(resolveMargin([], scope)).toBe('0.2')
  })

  it('takes the later of two records with one scope', () => {
    expect(
      resolveMargin(
        [
          { tenantId, margin: '0.1' },
          { tenantId, margin: '0.3' },
        ],
        scope,
      ),
    ).toBe('0.3')
  })

  it('takes a margin of nought as a margin', () => {
    expect(resolveMargin([{ margin: '0.5' }, { tenantId, margin: '0' }], scope)).toBe('0')
  })
})
