import { describe, expect, it } from 'vitest'
import { catalog } from '../catalog.gen.ts'
import { closestName } from './closest-name.ts'
import { findIntegration, isKnownSlug } from './find-integration.ts'

describe('findIntegration', () => {
  it.each(Object.keys(catalog))('finds %s', (slug) => {
    expect(findIntegration(slug).slug).toBe(slug)
    expect(isKnownSlug(slug)).toBe(true)
  })

  it.each([
    ['antropic', 'anthropic'],
    ['OpenAI', 'openai'],
    ['open-router', 'openrouter'],
    ['githb', 'github'],
  ])('asks whether %s meant %s', (typed, meant) => {
    expect(() => findIntegration(typed)).toThrow(
      expect.objectContaining({ code: 'provider_unknown', slug: typed, suggestedFix: `Did you mean "${meant}"?` }),
    )
  })

  it.each(['', '__proto__', 'hasOwnProperty', 'something-else-entirely', 'x'.repeat(100_000)])(
    'lists the slugs when nothing is near (case %#)',
    (typed) => {
      expect(() => findIntegration(typed)).toThrow(
        expect.objectContaining({ suggestedFix: expect.stringContaining('anthropic, assemblyai') }),
      )
    },
  )
})

it('closestName prefers the nearest of several', () => {
  expect(closestName('gmial', ['gemini', 'gmail'])).toBe(undefined)
  expect(closestName('gmal', ['gemini', 'gmail'])).toBe('gmail')
})
