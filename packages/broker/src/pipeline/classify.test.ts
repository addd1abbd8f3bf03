import { findProvider, type Provider } from '@vendo/integrations/providers'
import { describe, expect, it } from 'vitest'
import { classify } from './classify.ts'

const provider = (slug: string): Provider => findProvider(slug) as Provider

describe('a listed route is found', () => {
  it.each([
    ['anthropic', 'POST', '/v1/messages', '/v1/messages'],
    ['anthropic', 'GET', '/v1/models/m', '/v1/models/:id'],
    ['openai', 'GET', '/v1/responses/r/input_items', '/v1/responses/:id/input_items'],
    ['gemini', 'POST', '/v1beta/models/m:generateContent', '/v1beta/models/:model:generateContent'],
    ['gemini', 'POST', '/v1beta/models/m:streamGenerateContent', '/v1beta/models/:model:streamGenerateContent'],
    ['gemini', 'POST', '/v1/models/m:countTokens', '/v1/models/:model:countTokens'],
    ['gemini', 'GET', '/v1beta/models/m', '/v1beta/models/:model'],
  ])('%s %s %s', (slug, method, path, route) => {
    expect(classify(provider(slug), method, path)).toMatchObject({ method, path: route })
  })
})

describe('a free GET route takes HEAD, whose answer is neither kept nor read for usage', () => {
  it.each([
    ['openai', '/v1/models', { method: 'HEAD', path: '/v1/models', class: 'free' }],
    ['openai', '/v1/responses/r', { method: 'HEAD', path: '/v1/responses/:id', class: 'free', ownedBySegment: ':id' }],
    ['gemini', '/v1beta/models/m', { method: 'HEAD', path: '/v1beta/models/:model', class: 'free' }],
  ])('%s %s', (slug, path, route) => {
    expect(classify(provider(slug), 'HEAD', path)).toEqual(route)
  })

  it('a metered one does not', () => {
    const metered = { ...provider('openai'), routes: [{ method: 'GET', path: '/v1/made', class: 'metered' }] } as const
    expect(() => classify(metered, 'HEAD', '/v1/made')).toThrow(expect.objectContaining({ code: 'route_blocked' }))
  })
})

describe('anything else is blocked', () => {
  it.each([
    ['anthropic', 'GET', '/v1/messages'],
    ['anthropic', 'HEAD', '/v1/messages'],
    ['openai', 'HEAD', '/v1/responses/r/cancel'],
    ['openai', 'OPTIONS', '/v1/models'],
    ['anthropic', 'GET', '/v1/models/'],
    ['anthropic', 'POST', '/v1/messages/batches'],
    ['gemini', 'POST', '/v1beta/models/m'],
    ['gemini', 'POST', '/v1beta/models/:generateContent'],
    ['gemini', 'POST', '/v1beta/models/m:batchGenerateContent'],
    ['gemini', 'POST', '/v1beta/models/m:embedContent'],
    ['gemini', 'POST', '/v1beta/models/m:generateContent/x'],
    ['gemini', 'POST', '/v1beta/tunedModels/m:generateContent'],
    ['gemini', 'GET', '/v1beta/models/m:generateContent/operations'],
    ['gemini', 'POST', '/v1beta/cachedContents'],
    ['gemini', 'GET', '/v1beta/files'],
    ['gemini', 'POST', '/v1beta/interactions'],
  ])('%s %s %s', (slug, method, path) => {
    expect(() => classify(provider(slug), method, path)).toThrow(expect.objectContaining({ code: 'route_blocked' }))
  })
})
