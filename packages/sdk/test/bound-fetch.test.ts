import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Vendo } from '../src/index.ts'
import { type Answer, credential, fakeFetch, fakeVendoToken, json, rejection, vendoMode } from './fake-api.ts'

const base = 'http://api.test/openrouter/v1'
const giveKey = json(credential(fakeVendoToken, { base_url: base }))
const ok: Answer = () => new Response('fine')
const refuse: Answer = () => new Response('no', { status: 401 })

/** A client whose API and upstream are one fake: requests for credentials are counted apart. */
const setUp = (upstream: readonly Answer[], options: object = {}, give: Answer = giveKey) => {
  const api = fakeFetch(give)
  const provider = fakeFetch(...upstream)
  const inits: RequestInit[] = []
  const fetch = (input: string | URL | Request, init?: RequestInit) => {
    const url = input instanceof Request ? input.url : String(input)
    if (new URL(url).pathname.startsWith('/credentials/')) return api.fetch(input, init)
    inits.push(init ?? {})
    return provider.fetch(input, init)
  }
  return { vendo: new Vendo({ ...vendoMode, fetch, ...options }), api: api.seen, sent: provider.seen, inits }
}
const oss = (env: object) => ({ apiKey: undefined, baseURL: undefined, env })

describe('the credential', () => {
  it.each<[name: string, options: object, slug: string, header: string, value: string, url: string]>([
    ['of the Vendo API', {}, 'openrouter', 'authorization', `Bearer ${fakeVendoToken}`, `${base}/models`],
    [
      'of an own key for a bearer provider',
      oss({ OPENAI_API_KEY: 'test-upstream-key' }),
      'openai',
      'authorization',
      'Bearer test-upstream-key',
      'https://api.openai.com/v1/models',
    ],
    [
      'of an own key for Anthropic',
      oss({ ANTHROPIC_API_KEY: 'test-upstream-key' }),
      'anthropic',
      'x-api-key',
      'test-upstream-key',
      'https://api.anthropic.com/v1/models',
    ],
    [
      'of an injected Vendo key for Anthropic',
      oss({ ANTHROPIC_API_KEY: fakeVendoToken, ANTHROPIC_BASE_URL: 'http://api.test/anthropic/v1' }),
      'anthropic',
      'authorization',
      `Bearer ${fakeVendoToken}`,
      'http://api.test/anthropic/v1/models',
    ],
    [
      'of an own key with an own address',
      oss({ OPENAI_API_KEY: 'test-upstream-key', OPENAI_BASE_URL: 'http://127.0.0.1:1/v1/' }),
      'openai',
      'authorization',
      'Bearer test-upstream-key',
      'http://127.0.0.1:1/v1/models',
    ],
    [
      'of a custom integration',
      {
        ...oss({ ACME_KEY: 'test-acme-key' }),
        integrations: { acme: { variable: 'ACME_KEY', baseURL: 'https://acme.test/api', header: 'x-acme' } },
      },
      'acme',
      'x-acme',
      'test-acme-key',
      'https://acme.test/api/models',
    ],
  ])('%s goes to its origin in its header', async (_, options, slug, header, value, url) => {
    const { vendo, sent } = setUp([ok], options)
    await vendo.fetch(slug)('/models')
    expect(sent[0]?.url).toBe(url)
    expect(sent[0]?.headers.get(header)).toBe(value)
  })

  it('replaces every other credential the caller sends, and nothing else', async () => {
    const { vendo, sent } = setUp([ok])
    const headers = { Authorization: 'Bearer other', 'x-api-key': 'other', 'Api-Key': 'other', 'x-title': 'kept' }
    await vendo.fetch('openrouter')('/models', { headers })
    const values = [...(sent[0]?.headers ?? [])].filter(([, value]) => value.includes('other'))
    expect(values).toEqual([])
    expect(sent[0]?.headers.get('x-title')).toBe('kept')
  })

  it('is never followed along a redirect', async () => {
    const { vendo, inits } = setUp([
      () => new Response(null, { status: 307, headers: { location: 'http://evil.test' } }),
    ])
    const response = await vendo.fetch('openrouter')('/models', { redirect: 'follow' })
    expect([response.status, inits[0]?.redirect]).toEqual([307, 'manual'])
  })

  it.each([
    'http://evil.test/v1/models',
    'https://api.test/openrouter/v1/models',
    'http://api.test:81/openrouter/v1/models',
    'http://api.test@evil.test/',
    '//evil.test/models',
    '/\\evil.test/models',
    '\\\\evil.test/models',
    'javascript:alert(1)',
    '../../credentials/anthropic',
    '/%2e%2e/%2e%2e/api/keys',
    new URL('http://evil.test/'),
    new Request('http://evil.test/', { method: 'POST', body: 'x' }),
  ])('is not sent to %s', async (address) => {
    const { vendo, sent } = setUp([ok])
    const error = await rejection(vendo.fetch('openrouter')(address))
    expect(error['code']).toBe('path_rejected')
    expect(inspect(error)).not.toContain(fakeVendoToken)
    expect(sent).toHaveLength(0)
  })

  it('with a line break is refused without being quoted', async () => {
    const { vendo, sent } = setUp([ok], { ...oss({}), tokens: { openai: 'two\nlines' } })
    const error = await rejection(vendo.fetch('openai')('/models'))
    expect(error['code']).toBe('validation_failed')
    expect(inspect(error)).not.toContain('two')
    expect(sent).toHaveLength(0)
  })

  it('of an integration whose address is not known is refused, with the way out', async () => {
    const { vendo } = setUp([ok], oss({ GITHUB_TOKEN: 'test-token' }))
    const error = await rejection(vendo.fetch('github')('/user'))
    expect(String(error['suggestedFix'])).toContain('vendo.token("github")')
  })
})

describe('an address', () => {
  it.each([
    ['/models', `${base}/models`],
    ['models', `${base}/models`],
    ['/v1/models', `${base}/models`],
    ['/openrouter/v1/models', `${base}/models`],
    ['', base],
    ['?a=/../b#c', `${base}?a=/../b`],
    ['/models?next=http://evil.test', `${base}/models?next=http://evil.test`],
    ['/models/a:b', `${base}/models/a:b`],
    ['http://api.test/other', 'http://api.test/other'],
    [new URL('http://api.test/openrouter/v1/x'), `${base}/x`],
  ])('%s means %s', async (address, url) => {
    const { vendo, sent } = setUp([ok])
    await vendo.fetch('openrouter')(address)
    expect(sent[0]?.url.replace('#c', '')).toBe(url)
  })

  it('of a Request keeps its method, headers and body', async () => {
    const { vendo, sent } = setUp([ok])
    await vendo.fetch('openrouter')(
      new Request(`${base}/chat`, { method: 'POST', body: 'hi', headers: { 'x-a': '1' } }),
    )
    expect(sent[0]).toMatchObject({ method: 'POST', body: 'hi' })
    expect(sent[0]?.headers.get('x-a')).toBe('1')
  })

  it('keeps what the caller sets, such as the version of an API', async () => {
    const { vendo, sent } = setUp([ok], oss({ ANTHROPIC_API_KEY: 'test-upstream-key' }))
    const anthropic = vendo.fetch('anthropic')
    await anthropic('/v1/models')
    await anthropic('/v1/models', { headers: { 'anthropic-version': '2099-01-01' } })
    expect(sent.map(({ headers }) => headers.get('anthropic-version'))).toEqual(['2023-06-01', '2099-01-01'])
  })
})

describe('a 401', () => {
  const stream = () => new Response('body').body

  it.each<[name: string, options: object, init: RequestInit, upstream: Answer[], sent: number, status: number]>([
    ['is retried once with a fresh token', {}, { method: 'POST', body: 'x' }, [refuse, ok], 2, 200],
    ['is returned the second time', {}, {}, [refuse], 2, 401],
    ['is returned when the body cannot be sent twice', {}, streaming(stream()), [refuse, ok], 1, 401],
    ['is returned when the token is the environment’s', oss({ OPENROUTER_API_KEY: 'k' }), {}, [refuse, ok], 1, 401],
  ])('%s', async (_, options, init, upstream, sent, status) => {
    const { vendo, api, sent: requests } = setUp(upstream, options)
    const response = await vendo.fetch('openrouter')('/models', init)
    expect([requests.length, response.status]).toEqual([sent, status])
    if (sent === 2) expect([api.length, requests[1]?.body]).toEqual([2, requests[0]?.body])
  })

  it.each([403, 429, 500])('alone is retried, not a %i', async (status) => {
    const { vendo, sent } = setUp([() => new Response('', { status })])
    expect((await vendo.fetch('openrouter')('/models')).status).toBe(status)
    expect(sent).toHaveLength(1)
  })

  it('takes the fresh token, not the cached one', async () => {
    let given = 0
    const give: Answer = (request, signal) => {
      given += 1
      return json(credential(`vendo_sk_fake_${given}`, { base_url: base }))(request, signal)
    }
    const { vendo, sent } = setUp([refuse, ok], {}, give)
    await vendo.fetch('openrouter')('/models')
    expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer vendo_sk_fake_1',
      'Bearer vendo_sk_fake_2',
    ])
  })
})

it('passes the platform’s own network error on', async () => {
  const failure = new TypeError('fetch failed')
  const { vendo } = setUp([
    () => {
      throw failure
    },
  ])
  await expect(vendo.fetch('openrouter')('/models')).rejects.toBe(failure)
})

function streaming(body: ReadableStream | null): RequestInit {
  return { method: 'POST', body, duplex: 'half' } as RequestInit
}
