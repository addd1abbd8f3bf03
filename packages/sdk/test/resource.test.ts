import {
  balanceSchema,
  bulkCredentialsSchema,
  credentialSchema,
  deploymentConnectionsSchema,
  integrationsSchema,
  spendCapsSchema,
  usageSchema,
} from '@vendo/contract/api'
import { describe, expect, it } from 'vitest'
import type { ZodType } from 'zod'
import { NotConnected, Vendo, VendoOnlyFeature } from '../src/index.ts'
import { credential, fakeFetch, json, rejection, vendoMode } from './fake-api.ts'

// Every body here is one that the contract's own schema accepts, so that the SDK's hand-written shapes cannot drift from it.
const answering = (schema: ZodType, body: unknown) => {
  schema.parse(body)
  const { fetch, seen } = fakeFetch(json(body))
  return { vendo: new Vendo({ ...vendoMode, fetch }), seen }
}
const oss = (env: object, options: object = {}) => new Vendo({ env, dotenv: false, ...options })

const connection = {
  id: 'c1',
  external_id: 'x1',
  slug: 'telegram',
  display_name: 'Bot',
  category: 'messaging',
  profile: 'byok_static',
  status: 'needs_reauth',
  metadata: { name: 'bot' },
  credential: null,
  setup_url: 'http://setup.test/',
  error_message: 'expired',
  connected_at: '2026-01-02T03:04:05Z',
  logo_url: '',
  brand_color: '',
  docs_url: '',
  env_bootstrap: null,
}
const told = {
  id: 'c1',
  slug: 'telegram',
  displayName: 'Bot',
  profile: 'byok_static',
  status: 'needs_reauth',
  metadata: { name: 'bot' },
  connectedAt: new Date('2026-01-02T03:04:05Z'),
  setupUrl: 'http://setup.test/',
  errorMessage: 'expired',
}

describe('connections', () => {
  const body = { connections: [connection, { ...connection, id: 'c2' }] }

  it('are those of the deployment', async () => {
    const { vendo, seen } = answering(deploymentConnectionsSchema, body)
    expect(await vendo.connections.list()).toEqual([told, { ...told, id: 'c2' }])
    expect(seen[0]?.path).toBe('/api/deployments/me/connections')
  })

  it('get gives the first of an integration, or rejects', async () => {
    const { vendo } = answering(deploymentConnectionsSchema, body)
    expect((await vendo.connections.get('telegram')).id).toBe('c1')
    const error = await rejection(vendo.connections.get('telegran'))
    expect(error).toBeInstanceOf(NotConnected)
    expect(error['suggestedFix']).toBe('Did you mean "telegram"?')
  })

  it('are the keys of the environment in OSS mode, without a request', async () => {
    const vendo = oss({ NOTION_TOKEN: 'k', OPENAI_API_KEY: 'vendo_sk_fake' }, { tokens: { acme: 't' } })
    const connections = await vendo.connections.list()
    expect(connections.map(({ slug, status }) => [slug, status])).toEqual([
      ['notion', 'connected'],
      ['openai', 'needs_reauth'],
      ['acme', 'connected'],
    ])
    expect((await vendo.connections.get('notion')).metadata).toEqual({ source: 'env' })
    expect(await rejection(vendo.connections.get('openrouter'))).toBeInstanceOf(NotConnected)
    expect(JSON.stringify(connections)).not.toContain('vendo_sk_fake')
  })
})

describe('integrations', () => {
  const acme = { variable: 'ACME_KEY', baseUrlVariable: 'ACME_URL' }
  const entry = {
    slug: 'openai',
    name: 'OpenAI',
    category: 'ai',
    profiles: ['byok_static'],
    auto_discovery: true,
    env_vars: [{ name: 'OPENAI_API_KEY', secret: true }],
    docs_url: 'http://docs.test/',
  }

  it('are the catalog of the Vendo API, and the custom ones', async () => {
    integrationsSchema.parse({ integrations: [entry] })
    const { fetch, seen } = fakeFetch(json({ integrations: [entry] }))
    const vendo = new Vendo({ ...vendoMode, fetch, integrations: { acme } })
    expect((await vendo.integrations.list()).map(({ slug, name }) => [slug, name])).toEqual([
      ['openai', 'OpenAI'],
      ['acme', 'acme'],
    ])
    expect(seen[0]?.path).toBe('/api/integrations')
    expect((await vendo.integrations.get('openai')).autoDiscovery).toBe(true)
    expect(await rejection(vendo.integrations.get('openia'))).toMatchObject({
      code: 'provider_unknown',
      suggestedFix: 'Did you mean "openai"?',
    })
  })

  it('are the own table in OSS mode', async () => {
    const vendo = oss({}, { integrations: { acme } })
    const slugs = (await vendo.integrations.list()).map(({ slug }) => slug)
    expect(slugs).toEqual(expect.arrayContaining(['anthropic', 'telegram', 'acme']))
    expect((await vendo.integrations.get('anthropic')).envVars).toEqual(await vendo.integrations.envVars('anthropic'))
  })

  it('envVars names the variables and asks nobody', async () => {
    const vendo = new Vendo({ ...vendoMode, baseURL: undefined, integrations: { acme } })
    expect(await vendo.integrations.envVars('anthropic')).toEqual([
      { name: 'ANTHROPIC_API_KEY', secret: true },
      { name: 'ANTHROPIC_BASE_URL', secret: false },
    ])
    expect((await vendo.integrations.envVars('acme')).map(({ name }) => name)).toEqual(['ACME_KEY', 'ACME_URL'])
    expect((await rejection(vendo.integrations.envVars('gemin')))['suggestedFix']).toBe('Did you mean "gemini"?')
  })
})

describe('billing', () => {
  it('balance is exact beyond 2^53', async () => {
    const { vendo } = answering(balanceSchema, {
      credits_remaining_micros: 9_007_199_254_740,
      credits_remaining_nanos: '9007199254740993000',
      held_nanos: '1',
      currency: 'USD',
      top_up_url: 'http://top.test/',
    })
    expect(await vendo.billing.balance()).toEqual({
      creditsRemainingNanos: 9007199254740993000n,
      heldNanos: 1n,
      currency: 'USD',
      topUpUrl: 'http://top.test/',
    })
  })

  it('spendCaps tells null where there is no cap', async () => {
    const used = { used_today_micros: 2, used_month_micros: 3, used_total_micros: 4 }
    const { vendo } = answering(spendCapsSchema, { daily_micros: 1, monthly_micros: null, total_micros: null, ...used })
    expect(await vendo.billing.spendCaps()).toEqual({
      dailyNanos: 1000n,
      monthlyNanos: null,
      totalNanos: null,
      usedTodayNanos: 2000n,
      usedMonthNanos: 3000n,
      usedTotalNanos: 4000n,
    })
  })

  it('usage passes its options on', async () => {
    const sums = { calls: 1, price_unknown_calls: 1, list_nanos: '10', charge_nanos: '12', cache_savings_nanos: '-3' }
    const { vendo, seen } = answering(usageSchema, {
      period: 'day',
      from: '2026-01-02T00:00:00Z',
      group_by: 'model',
      groups: [{ group: 'm', quantities: { input: 5 }, ...sums }],
      total: sums,
    })
    const expected = { calls: 1, priceUnknownCalls: 1, listNanos: 10n, chargeNanos: 12n, cacheSavingsNanos: -3n }
    expect(await vendo.billing.usage({ period: 'day', groupBy: 'model' })).toEqual({
      period: 'day',
      from: new Date('2026-01-02T00:00:00Z'),
      groupBy: 'model',
      groups: [{ group: 'm', quantities: { input: 5 }, ...expected }],
      total: expected,
    })
    expect(seen[0]?.path).toBe('/api/billing/usage?period=day&group_by=model')
    await vendo.billing.usage()
    expect(seen[1]?.path).toBe('/api/billing/usage')
  })

  it.each(['balance', 'spendCaps', 'usage'] as const)('%s needs a Vendo key', async (method) => {
    expect(await rejection(oss({}).billing[method]())).toBeInstanceOf(VendoOnlyFeature)
  })

  it.each([
    ['credits_remaining_nanos', 5],
    ['held_nanos', '1.5'],
    ['currency', 'EUR'],
  ])('refuses a balance whose %s is %j, naming the field', async (field, value) => {
    const body = { credits_remaining_nanos: '1', held_nanos: '0', currency: 'USD', top_up_url: '', [field]: value }
    const vendo = new Vendo({ ...vendoMode, fetch: fakeFetch(json(body)).fetch })
    expect(String((await rejection(vendo.billing.balance()))['message'])).toContain(`(at ${field})`)
  })
})

it('reads the credentials that the contract describes', async () => {
  const one = credential('test-token', { base_url: 'http://a.test', expires_at: '2999-01-01T00:00:00.000Z' })
  const { vendo } = answering(credentialSchema, one)
  expect(await vendo.resolve('openai')).toEqual({
    token: 'test-token',
    baseURL: 'http://a.test',
    expiresAt: new Date('2999-01-01T00:00:00Z'),
    source: 'api',
  })
  const bulk = answering(bulkCredentialsSchema, { tokens: { openai: one, slack: null } })
  expect(await bulk.vendo.tokens(['openai', 'slack'])).toEqual({ openai: 'test-token', slack: null })
})
