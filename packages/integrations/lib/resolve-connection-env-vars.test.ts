import { isVendoError, Secret } from '@vendo/contract'
import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { catalog } from '../catalog.gen.ts'
import { defineIntegration, type EnvVarSource, type Integration } from './define-integration.ts'
import type { Connection, Deployment, EnvVars } from './env-vars.ts'
import type { Slug } from './find-integration.ts'
import { resolveConnectionEnvVars } from './resolve-connection-env-vars.ts'

const vendoApiKey = 'vendo_sk_test-app-key'
const upstreamKey = 'test-upstream-key'
const deployment: Deployment = {
  id: 'app_1',
  vendoApiKey,
  brokerUrl: 'http://127.0.0.1:8787',
  proxyBaseUrl: (slug) => `http://127.0.0.1:8787/${slug}`,
}
const resolve = (connection: Connection, changes: Partial<Deployment> = {}): EnvVars =>
  resolveConnectionEnvVars({ connection, deployment: { ...deployment, ...changes } })

const telegramMetadata = {
  telegram_bot_id: 4_242,
  telegram_bot_username: 'sample_bot',
  telegram_signing_secret: 'test-signing-secret',
}

describe('the variables of each integration', () => {
  const rows: readonly (readonly [rule: string, Connection, vars: Record<string, string>, secrets: string[]])[] = [
    [
      'anthropic, pooled: the Vendo key and the proxy with /v1',
      { slug: 'anthropic', profile: 'vendo_managed_pool' },
      { ANTHROPIC_API_KEY: vendoApiKey, ANTHROPIC_BASE_URL: 'http://127.0.0.1:8787/anthropic/v1' },
      ['ANTHROPIC_API_KEY'],
    ],
    [
      'anthropic, own key: still the Vendo key, never the upstream one',
      { slug: 'anthropic', profile: 'byok_static', credential: upstreamKey },
      { ANTHROPIC_API_KEY: vendoApiKey, ANTHROPIC_BASE_URL: 'http://127.0.0.1:8787/anthropic/v1' },
      ['ANTHROPIC_API_KEY'],
    ],
    [
      'openai',
      { slug: 'openai', profile: 'vendo_managed_pool' },
      { OPENAI_API_KEY: vendoApiKey, OPENAI_BASE_URL: 'http://127.0.0.1:8787/openai/v1' },
      ['OPENAI_API_KEY'],
    ],
    [
      'openrouter',
      { slug: 'openrouter', profile: 'vendo_managed_pool' },
      { OPENROUTER_API_KEY: vendoApiKey, OPENROUTER_BASE_URL: 'http://127.0.0.1:8787/openrouter/v1' },
      ['OPENROUTER_API_KEY'],
    ],
    [
      'gemini: both base-URL names, without a version',
      { slug: 'gemini', profile: 'vendo_managed_pool' },
      {
        GEMINI_API_KEY: vendoApiKey,
        GOOGLE_GEMINI_BASE_URL: 'http://127.0.0.1:8787/gemini',
        GEMINI_BASE_URL: 'http://127.0.0.1:8787/gemini',
      },
      ['GEMINI_API_KEY'],
    ],
    [
      'telegram: the real token and the metadata',
      {
        slug: 'telegram',
        profile: 'byok_static',
        credential: new Secret('test-bot-token'),
        metadata: telegramMetadata,
      },
      {
        TELEGRAM_BOT_TOKEN: 'test-bot-token',
        TELEGRAM_BOT_ID: '4242',
        TELEGRAM_BOT_USERNAME: 'sample_bot',
        TELEGRAM_SIGNING_SECRET: 'test-signing-secret',
      },
      ['TELEGRAM_BOT_TOKEN', 'TELEGRAM_SIGNING_SECRET'],
    ],
    [
      'notion: the token that never expires, under its main name only',
      { slug: 'notion', profile: 'oauth_app_install', credential: 'test-notion-token' },
      { NOTION_TOKEN: 'test-notion-token' },
      ['NOTION_TOKEN'],
    ],
  ]
  it.each(rows)('%s', (_, connection, vars, secrets) => {
    expect(resolve(connection)).toEqual({ vars, secrets, warnings: [] })
  })
})

describe('what is never injected', () => {
  const rotating = Object.values(catalog).filter(({ profiles }) => profiles.includes('oauth_refresh'))
  it.each(rotating.map(({ slug }) => slug))('a rotating token gives nothing rather than a stale value: %s', (slug) => {
    const connection: Connection = { slug, profile: 'oauth_refresh', credential: 'test-access-token' }
    expect(resolve(connection)).toEqual({ vars: {}, secrets: [], warnings: [] })
    expect(resolve({ ...connection, profile: 'composio_managed' })).toEqual({ vars: {}, secrets: [], warnings: [] })
  })

  it.each(['elevenlabs', 'assemblyai', 'muapi'])('no Vendo key for a client that reads no base URL: %s', (slug) => {
    const { vars, secrets, warnings } = resolve({ slug, profile: 'vendo_managed_pool' })
    expect({ vars, secrets }).toEqual({ vars: {}, secrets: [] })
    expect(warnings).toMatchObject([
      { kind: 'auto_discovery_off', slug, message: expect.stringContaining('clientOptions') },
    ])
  })

  it("a pool's credential, even where an entry would hand out the connection's own", () => {
    const pooled = { ...catalog.notion, profiles: ['vendo_managed_pool'] } as const satisfies Integration
    const connection: Connection = { slug: 'notion', profile: 'vendo_managed_pool', credential: upstreamKey }
    expect(() => resolveConnectionEnvVars({ integration: pooled, connection, deployment })).toThrow(/pooled/)
  })
})

describe('metadata', () => {
  it.each([undefined, null, '', '  ', {}, true])('an optional field that is %j is left out with a warning', (value) => {
    const connection: Connection = {
      slug: 'telegram',
      profile: 'byok_static',
      credential: 'test-bot-token',
      metadata: { ...telegramMetadata, telegram_bot_username: value },
    }
    const { vars, warnings } = resolve(connection)
    expect(Object.keys(vars)).toEqual(['TELEGRAM_BOT_TOKEN', 'TELEGRAM_BOT_ID', 'TELEGRAM_SIGNING_SECRET'])
    expect(warnings).toMatchObject([
      { kind: 'metadata_missing', names: ['TELEGRAM_BOT_USERNAME'], path: 'telegram_bot_username' },
    ])
  })

  const custom = defineIntegration({
    slug: 'custom',
    name: 'Custom',
    category: 'developer',
    profiles: ['byok_static'],
    connectionEnvVars: [
      { name: 'CUSTOM_TOKEN', source: { from: 'credential' }, secret: true },
      { name: 'CUSTOM_REGION', source: { from: 'metadata', path: 'site.region', required: true }, secret: false },
      { name: 'CUSTOM_MODE', source: { from: 'literal', value: 'vendo' }, secret: false },
    ],
    autoDiscovery: true,
    docsUrl: 'https://example.com',
    brandColor: '#000000',
  })
  const connection: Connection = { slug: 'custom', profile: 'byok_static', credential: 'test-token' }

  it("an entry of one's own may look deeper and use literals", () => {
    const metadata = { site: { region: 'eu' } }
    const { vars } = resolveConnectionEnvVars({
      integration: custom,
      connection: { ...connection, metadata },
      deployment,
    })
    expect(vars).toEqual({ CUSTOM_TOKEN: 'test-token', CUSTOM_REGION: 'eu', CUSTOM_MODE: 'vendo' })
  })

  it.each([undefined, {}, { site: null }, { site: 'eu' }, Object.create({ site: { region: 'eu' } })])(
    'a required field that is not in %j is an error',
    (metadata) => {
      const input = { integration: custom, connection: { ...connection, metadata }, deployment }
      expect(() => resolveConnectionEnvVars(input)).toThrow(expect.objectContaining({ code: 'validation_failed' }))
    },
  )
})

describe('input that cannot be right', () => {
  const pooled: Connection = { slug: 'anthropic', profile: 'vendo_managed_pool' }
  const rows: readonly (readonly [rule: string, code: string, act: () => unknown])[] = [
    ['an unknown slug', 'provider_unknown', () => resolve({ slug: 'anthropc', profile: 'byok_static' })],
    ['a prototype member as slug', 'provider_unknown', () => resolve({ slug: 'constructor', profile: 'byok_static' })],
    ['a profile that the entry lacks', 'validation_failed', () => resolve({ slug: 'slack', profile: 'byok_static' })],
    ['no credential', 'validation_failed', () => resolve({ slug: 'notion', profile: 'oauth_app_install' })],
    [
      'a blank credential',
      'validation_failed',
      () => resolve({ slug: 'notion', profile: 'oauth_app_install', credential: new Secret(' ') }),
    ],
    ['no Vendo key', 'validation_failed', () => resolve(pooled, { vendoApiKey: '' })],
    ['a management key', 'validation_failed', () => resolve(pooled, { vendoApiKey: 'vendo_mk_test' })],
    ['an upstream key as the Vendo key', 'validation_failed', () => resolve(pooled, { vendoApiKey: upstreamKey })],
    ['an empty address', 'validation_failed', () => resolve(pooled, { proxyBaseUrl: () => '' })],
    [
      'an address without a scheme',
      'validation_failed',
      () => resolve(pooled, { proxyBaseUrl: () => 'localhost:8787' }),
    ],
    [
      'a connection to something else',
      'validation_failed',
      () => resolveConnectionEnvVars({ slug: 'openai', connection: pooled, deployment }),
    ],
  ]
  it.each(rows)('%s', (_, code, act) => {
    const error = thrownBy(act)
    expect(isVendoError(error)).toBe(true)
    expect(error).toMatchObject({ code })
    expect(String(error)).not.toContain(upstreamKey)
  })
})

const thrownBy = (act: () => unknown): unknown => {
  try {
    act()
  } catch (error) {
    return error
  }
  return undefined
}

const anyConnection: fc.Arbitrary<Connection> = fc.constantFrom(...Object.values(catalog)).chain(({ slug, profiles }) =>
  fc.record({
    slug: fc.constant<Slug>(slug),
    profile: fc.constantFrom(...profiles),
    credential: fc.constant('test-credential'),
    metadata: fc.dictionary(fc.constantFrom('telegram_bot_id', 'telegram_bot_username'), fc.anything()),
  }),
)

describe('for every connection', () => {
  it('no value is empty, secrets are among the variables, and nothing comes from process.env', () => {
    const environment = process.env
    process.env = new Proxy({}, { get: () => expect.unreachable('process.env was read') })
    try {
      fc.assert(
        fc.property(anyConnection, (connection) => {
          const { vars, secrets } = resolve(connection)
          expect(Object.values(vars).every((value) => value.trim() !== '')).toBe(true)
          expect(Object.keys(vars)).toEqual(expect.arrayContaining([...secrets]))
        }),
      )
    } finally {
      process.env = environment
    }
  })

  it('each call returns records of its own, and leaves its input alone', () => {
    fc.assert(
      fc.property(anyConnection, (connection) => {
        const before = structuredClone(connection)
        const first = resolve(connection)
        const second = resolve(connection)
        expect(first).toEqual(second)
        expect(first.vars).not.toBe(second.vars)
        expect(connection).toEqual(before)
      }),
    )
  })

  it("a slash at the end of the broker's address changes nothing", () => {
    const slashed = resolve(
      { slug: 'openai', profile: 'vendo_managed_pool' },
      { proxyBaseUrl: (slug) => `http://127.0.0.1:8787/${slug}//` },
    )
    expect(slashed.vars['OPENAI_BASE_URL']).toBe('http://127.0.0.1:8787/openai/v1')
  })
})

it('keeps its types', () => {
  expectTypeOf<EnvVarSource['from']>().toEqualTypeOf<
    'vendoApiKey' | 'proxyBaseUrl' | 'credential' | 'metadata' | 'literal'
  >()
  expectTypeOf<EnvVars['vars']>().toEqualTypeOf<Readonly<Record<string, string>>>()
  expectTypeOf<'anthropic'>().toExtend<Slug>()
  expectTypeOf<string>().toExtend<Slug>()
})
