import { describe, expect, it } from 'vitest'
import type { MarginRecord } from '../store/records.ts'
import { createMarginLookup, type MarginRule, marginsInForce, resolveMargin } from './margin.ts'

const scope = {
  tenantId: 'tenant_a',
  integration: 'openai',
  meter: 'output',
  model: { model: 'gpt-test', aliases: ['gpt-test-latest'] },
} as const
const { tenantId, integration, meter } = scope
const model = 'gpt-test-latest'

/** Narrowest first: each rank beats all that follow. */
const ranks: readonly (MarginRule & { rule: string })[] = [
  { rule: 'tenant, model and meter', tenantId, integration, model, meter, margin: '0.16' },
  { rule: 'tenant and model', tenantId, integration, model, margin: '0.15' },
  { rule: 'tenant, integration and meter', tenantId, integration, meter, margin: '0.08' },
  { rule: 'tenant and meter', tenantId, meter, margin: '0.07' },
  { rule: 'tenant and integration', tenantId, integration, margin: '0.06' },
  { rule: 'tenant', tenantId, margin: '0.05' },
  { rule: 'model and meter', integration, model, meter, margin: '0.14' },
  { rule: 'model', integration, model, margin: '0.13' },
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
    { rule: 'another model', record: { integration, model: 'gpt-other', margin: '9' } },
    { rule: 'another meter of the tenant', record: { tenantId, meter: 'input', margin: '9' } as const },
  ])('a record of $rule does not apply', ({ record }) => {
    expect(resolveMargin([record], scope)).toBe('0')
  })

  it('is nothing without any record', () => {
    expect(resolveMargin([], scope)).toBe('0')
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

const from = (effectiveFrom: number, margin: string | null, changes: Partial<MarginRecord> = {}): MarginRecord => ({
  ...{ margin, effectiveFrom, createdAt: 0, authorKeyId: null, note: '' },
  ...changes,
})

describe('margins over time', () => {
  const call = { tenantId, integration, model: scope.model }
  const records = [from(10, '0.1'), from(10, '0.2'), from(20, '0.3', { tenantId }), from(30, null, { tenantId })]

  it.each([
    ['before the first', 9, '0'],
    ['from the instant of the last of that instant on', 10, '0.2'],
    ['until the next', 19, '0.2'],
    ['then the narrower one', 20, '0.3'],
    ['and after its end the wider one again', 30, '0.2'],
  ])('%s', (_rule, at, margin) => {
    expect(createMarginLookup(records)({ ...call, at })('output')).toBe(margin)
  })

  it('a removal ends exactly its scope', () => {
    expect(marginsInForce(records, 30).map(({ margin }) => margin)).toEqual(['0.2'])
    expect(marginsInForce([...records, from(40, null)], 40)).toEqual([])
  })

  it('a call keeps the margin of its admission, whatever was set since', () => {
    const lookUp = createMarginLookup([...records, from(50, '9')])
    expect([lookUp({ ...call, at: 60 })('output'), lookUp({ ...call, at: 25 })('output')]).toEqual(['9', '0.3'])
  })

  it('a model is known by every name that it has, and other models share what is remembered', () => {
    const lookUp = createMarginLookup([from(0, '0.5', { integration, model })])
    const other = (name: string) => lookUp({ ...call, model: { model: name, aliases: [] }, at: 1 })
    expect(lookUp({ ...call, at: 1 })('input')).toBe('0.5')
    expect(other('gpt-other')('input')).toBe('0')
    expect(other('gpt-other')).toBe(other('gpt-third'))
  })
})
