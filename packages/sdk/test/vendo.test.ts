import { inspect } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
import { AuthError, ValidationError, Vendo, VendoOnlyFeature } from '../src/index.ts'
import { credential, fakeAppKey, fakeFetch, json, refusal, rejection, unreachable, vendoMode } from './fake-api.ts'

const oss = (env: object, options: object = {}) => new Vendo({ env, dotenv: false, ...options })

describe('the constructor', () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['empty options', {}],
    ['a key without an address', { apiKey: 'k', env: {} }],
    ['a malformed address', { apiKey: 'k', baseURL: 'nonsense' }],
    [
      'values of other types',
      { apiKey: 5, baseURL: {}, timeoutMs: 'x', maxRetries: -1, tokens: null, integrations: null },
    ],
    ['an entry without a variable', { integrations: { acme: {}, other: null } }],
    [
      'an environment that may not be read',
      {
        env: new Proxy(
          {},
          {
            ownKeys: () => {
              throw new Error('denied')
            },
          },
        ),
      },
    ],
  ])('takes %s without throwing', (_, options) => {
    expect(() => new Vendo(options as object)).not.toThrow()
  })

  it('sends nothing', () => {
    const { fetch, seen } = fakeFetch(unreachable)
    new Vendo({ ...vendoMode, fetch })
    expect(seen).toEqual([])
  })

  it('keeps its secrets from whoever prints it', () => {
    const vendo = oss({ ANTHROPIC_API_KEY: 'test-upstream-key' }, { apiKey: fakeAppKey })
    expect(inspect(vendo, { depth: 9, showHidden: true }) + JSON.stringify(vendo)).not.toMatch(/fake|test-upstream/)
  })
})

describe('the mode', () => {
  it('belongs to the client, not to the environment', async () => {
    const { fetch } = fakeFetch(json(credential('test-token')))
    const vendo = new Vendo({ ...vendoMode, fetch })
    const other = oss({})
    vi.stubEnv('VENDO_API_KEY', 'later')
    expect([vendo.isVendoMode(), other.isVendoMode(), await vendo.token('openai')]).toEqual([true, false, 'test-token'])
    vi.unstubAllEnvs()
  })

  it.each<[object, boolean]>([
    [{}, false],
    [{ VENDO_API_KEY: '' }, false],
    [{ VENDO_API_KEY: ' \n' }, false],
    [{ VENDO_API_KEY: 'k' }, true],
    [{ VENDO_BASE_URL: 'http://api.test' }, false],
  ])('of the environment %j is Vendo mode: %s', (env, isVendo) => {
    expect(oss(env).isVendoMode()).toBe(isVendo)
  })

  it('reads the variables of the process once', async () => {
    vi.stubEnv('ANTHROPIC_API_KEY', 'first')
    const vendo = new Vendo({ dotenv: false })
    vi.stubEnv('ANTHROPIC_API_KEY', 'second')
    expect(await vendo.token('anthropic')).toBe('first')
    vi.unstubAllEnvs()
  })
})

describe('resolve', () => {
  it('trims tokens, and ignores bindings of a Worker that are not text', async () => {
    const vendo = oss({ OPENAI_API_KEY: ' k \n', ANTHROPIC_API_KEY: { get: () => 'x' }, NOTION_TOKEN: 5 })
    expect(await vendo.tokens(['openai', 'anthropic', 'notion'])).toEqual({
      openai: 'k',
      anthropic: null,
      notion: null,
    })
  })

  it.each<[name: string, env: object, expected: object]>([
    [
      'the first of several base-URL variables',
      { GEMINI_API_KEY: 'vendo_sk_fake', GEMINI_BASE_URL: 'http://b', GOOGLE_GEMINI_BASE_URL: 'http://a' },
      { apiKey: 'vendo_sk_fake', baseURL: 'http://a' },
    ],
    [
      'the second when the first is empty',
      { GEMINI_API_KEY: 'vendo_sk_fake', GEMINI_BASE_URL: 'http://b', GOOGLE_GEMINI_BASE_URL: ' ' },
      { apiKey: 'vendo_sk_fake', baseURL: 'http://b' },
    ],
    ['no base URL without one', { GEMINI_API_KEY: 'k' }, { apiKey: 'k' }],
    ['an alias', { GOOGLE_API_KEY: 'k' }, { apiKey: 'k' }],
  ])('gives %s', async (_, env, expected) => {
    expect(await oss(env).clientOptions('gemini')).toEqual(expected)
  })

  it.each<[name: string, options: object, code: string]>([
    ['a Vendo key among the tokens without an address', { tokens: { notion: 'vendo_sk_fake' } }, 'base_url_missing'],
    ['a Vendo key in an override', { env: { VENDO_TOKEN_NOTION: 'vendo_sk_fake' } }, 'base_url_missing'],
    ['a Vendo key in an alias', { env: { NOTION_API_TOKEN: 'vendo_sk_fake' } }, 'base_url_missing'],
    ['a management key', { env: { NOTION_TOKEN: 'vendo_mk_fake' } }, 'base_url_missing'],
    ['an address that is no URL', { tokens: { notion: { token: 'k', baseURL: 'nowhere' } } }, 'validation_failed'],
  ])('refuses %s, and says what to set', async (_, options, code) => {
    const error = await rejection(oss({}, options).token('notion'))
    expect(error).toBeInstanceOf(ValidationError)
    expect([error['code'], error['slug'] ?? 'notion']).toEqual([code, 'notion'])
    expect(error['suggestedFix']).toMatch(/Give|Set/)
  })

  it('takes a Vendo key among the tokens with its address', async () => {
    const entry = { token: 'vendo_sk_fake', baseURL: 'http://a.test/v1' }
    expect(await oss({}, { tokens: { openai: entry } }).resolve('openai')).toEqual({ ...entry, source: 'tokens' })
  })

  it('never takes a rotating token for an injected one', async () => {
    const { fetch } = fakeFetch(json(credential('test-fresh', { expires_at: '2999-01-01T00:00:00Z' })))
    const vendo = new Vendo({ ...vendoMode, env: { GITHUB_TOKEN: 'stale', VENDO_INJECTED: 'GITHUB_TOKEN' }, fetch })
    const { token, source, expiresAt } = await vendo.resolve('github')
    expect([token, source, expiresAt?.getUTCFullYear()]).toEqual(['test-fresh', 'api', 2999])
  })

  it.each<[name: string, body: object, code: string]>([
    ['a Vendo key without an address', credential('vendo_sk_fake'), 'base_url_missing'],
    ['an empty token', credential(' '), 'upstream_error'],
    ['an address that is no URL', credential('k', { base_url: 'nowhere' }), 'validation_failed'],
    ['an expiry that is no time', credential('k', { expires_at: 'soon' }), 'upstream_error'],
  ])('refuses %s of the Vendo API', async (_, body, code) => {
    expect(
      (await rejection(new Vendo({ ...vendoMode, fetch: fakeFetch(json(body)).fetch }).token('openai')))['code'],
    ).toBe(code)
  })

  it.each<unknown>([
    '',
    '..',
    '../api/keys',
    '_bulk',
    'Anthropic',
    'a b',
    'a/b',
    'a?b',
    '__proto__',
    undefined,
    null,
    5,
    {},
  ])('rejects %j, which is no slug, and asks nobody', async (slug) => {
    const { fetch, seen } = fakeFetch(unreachable)
    const vendo = new Vendo({ ...vendoMode, fetch })
    const calls = [
      vendo.resolve(slug as string),
      vendo.tokens([slug as string]),
      vendo.explain(slug as string),
      vendo.fetch(slug as string)('/x'),
    ]
    for (const call of calls) expect((await rejection(call))['code']).toBe('validation_failed')
    expect(seen).toEqual([])
  })

  it.each(['constructor', 'valueof', 'tostring'])('does not find "%s" in a prototype', async (slug) => {
    expect((await rejection(oss({}, { tokens: {} }).token(slug)))['code']).toBe('not_connected')
  })
})

describe('the Vendo API', () => {
  it('is asked once by calls at the same time, and again after invalidate', async () => {
    const { fetch, seen } = fakeFetch(json(credential('a')), json(credential('b')))
    const vendo = new Vendo({ ...vendoMode, fetch })
    expect(await Promise.all([vendo.token('openai'), vendo.token('openai'), vendo.token('openai')])).toEqual([
      'a',
      'a',
      'a',
    ])
    expect(seen).toHaveLength(1)
    vendo.invalidate('openai')
    expect(await vendo.token('openai')).toBe('b')
  })

  it('is asked again after a failure', async () => {
    const { fetch } = fakeFetch(refusal(401, 'app_unknown'), json(credential('a')))
    const vendo = new Vendo({ ...vendoMode, fetch })
    expect(await rejection(vendo.token('openai'))).toBeInstanceOf(AuthError)
    expect(await vendo.token('openai')).toBe('a')
  })
})

describe('explain', () => {
  it.each<[name: string, options: object, can: boolean, sentence: RegExp]>([
    ['the environment', { env: { OPENAI_API_KEY: 'k' } }, false, /cannot evict it: the environment/],
    ['the tokens', { tokens: { openai: 'k' } }, false, /cannot evict it: the `tokens` option/],
    ['the Vendo API', { ...vendoMode, fetch: fakeFetch(json(credential('a'))).fetch }, true, /ask the Vendo API again/],
    ['nothing', {}, false, /no result/],
  ])('tells whether invalidate has an effect on a result of %s', async (_, options, can, sentence) => {
    const explanation = await oss({}, options).explain('openai')
    expect(explanation.canInvalidate).toBe(can)
    expect(explanation.invalidation).toMatch(sentence)
  })
})

it('promise methods reject, and none throws, when nothing is configured', async () => {
  const vendo = new Vendo({ apiKey: 'k', env: {} })
  const calls = [
    () => vendo.resolve('openai'),
    () => vendo.token('openai'),
    () => vendo.tokens(['openai']),
    () => vendo.clientOptions('openai'),
    () => vendo.fetch('openai')('/x'),
    () => vendo.connections.list(),
    () => vendo.connections.get('openai'),
    () => vendo.integrations.list(),
    () => vendo.billing.balance(),
    () => vendo.billing.spendCaps(),
    () => vendo.billing.usage(),
  ]
  for (const call of calls) expect((await rejection(call()))['code']).toBe('base_url_missing')
  expect(await rejection(oss({}).billing.balance())).toBeInstanceOf(VendoOnlyFeature)
})
