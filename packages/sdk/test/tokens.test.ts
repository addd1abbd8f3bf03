import { describe, expect, it, vi } from 'vitest'
import { Vendo } from '../src/index.ts'
import { type Answer, credential, fakeFetch, json, refusal, rejection, unreachable, vendoMode } from './fake-api.ts'

describe('tokens', () => {
  const bulk = (tokens: object) => json({ tokens })

  it('asks once for all that no nearer source has, and keeps the answers', async () => {
    const { fetch, seen } = fakeFetch(bulk({ openai: credential('a'), slack: credential('b'), gmail: null }))
    const vendo = new Vendo({ ...vendoMode, fetch, tokens: { notion: 'own' } })
    const wanted = ['openai', 'notion', 'slack', 'gmail', 'github', 'openai'] as const
    const result = { openai: 'a', notion: 'own', slack: 'b', gmail: null, github: null }
    expect(await vendo.tokens(wanted)).toEqual(result)
    expect(seen.map(({ path }) => path)).toEqual(['/credentials/_bulk?slugs=openai,slack,gmail,github'])
    expect(await vendo.token('openai')).toBe('a')
    expect(seen).toHaveLength(1)
  })

  it('shares its request with calls of single tokens at the same time', async () => {
    const { fetch, seen } = fakeFetch(bulk({ openai: credential('a'), slack: credential('b') }))
    const vendo = new Vendo({ ...vendoMode, fetch })
    const calls = [vendo.token('openai'), vendo.tokens(['openai', 'slack']), vendo.token('slack')]
    expect(await Promise.all(calls)).toEqual(['a', { openai: 'a', slack: 'b' }, 'b'])
    expect(seen.map(({ path }) => path)).toEqual(['/credentials/_bulk?slugs=openai,slack'])
  })

  it('waits for a single token that is on its way', async () => {
    let answer: (response: Response) => void = () => undefined
    const single = new Promise<Response>((resolve) => {
      answer = resolve
    })
    const { fetch, seen } = fakeFetch(() => single, bulk({ slack: credential('b') }))
    const vendo = new Vendo({ ...vendoMode, fetch })
    const token = vendo.token('openai')
    await vi.waitUntil(() => seen.length === 1)
    const tokens = vendo.tokens(['openai', 'slack'])
    answer(Response.json(credential('single')))
    expect(await Promise.all([token, tokens])).toEqual(['single', { openai: 'single', slack: 'b' }])
    expect(seen.map(({ path }) => path)).toEqual(['/credentials/openai', '/credentials/_bulk?slugs=slack'])
  })

  it('asks nobody for nothing', async () => {
    expect(await new Vendo({ ...vendoMode, fetch: fakeFetch(unreachable).fetch }).tokens([])).toEqual({})
  })

  it.each<[string, Answer]>([
    ['cannot be reached', unreachable],
    ['refuses the key', refusal(401, 'app_unknown')],
    ['does not know the address', refusal(404, 'not_found')],
    ['answers with another shape', json({})],
    ['gives one unsafe credential', bulk({ openai: credential('vendo_sk_fake') })],
  ])('rejects when the Vendo API %s', async (_, answer) => {
    const vendo = new Vendo({ ...vendoMode, fetch: fakeFetch(answer).fetch, maxRetries: 0 })
    expect(await rejection(vendo.tokens(['openai', 'slack']))).toMatchObject({ name: expect.stringMatching(/Error$/) })
  })
})
