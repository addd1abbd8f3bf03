import { createVendoError } from '@vendo/contract'
import { describe, expect, it, vi } from 'vitest'
import { NeedsReauth, NotConnected, type Vendo } from '../src/index.ts'
import { fakeConnection, MockClient } from '../src/testing/index.ts'
import { rejection } from './fake-api.ts'

describe('MockClient', () => {
  it('is a Vendo client in Vendo mode with the connections it was given', async () => {
    const vendo: Vendo = new MockClient({
      connections: ['anthropic', fakeConnection('telegram', { token: 'test-bot' })],
    })
    expect(vendo.isVendoMode()).toBe(true)
    expect(await vendo.clientOptions('anthropic')).toEqual({
      apiKey: 'fake-token-anthropic',
      baseURL: 'http://vendo.invalid/anthropic/v1',
    })
    expect(await vendo.tokens(['telegram', 'slack'])).toEqual({ telegram: 'test-bot', slack: null })
    expect((await vendo.connections.list()).map(({ slug }) => slug)).toEqual(['anthropic', 'telegram'])
    expect(await rejection(vendo.token('slack'))).toBeInstanceOf(NotConnected)
  })

  it('reads no environment', async () => {
    vi.stubEnv('OPENAI_API_KEY', 'real')
    expect((await rejection(new MockClient().token('openai')))['code']).toBe('binding_missing')
    vi.unstubAllEnvs()
  })

  it('connects, disconnects, and forgets what was cached', async () => {
    const vendo = new MockClient()
    vendo.connect('slack')
    expect(await vendo.token('slack')).toBe('fake-token-slack')
    vendo.connect(fakeConnection('slack', { token: 'test-second' }))
    expect(await vendo.token('slack')).toBe('test-second')
    vendo.connect(fakeConnection('slack', { status: 'needs_reauth' }))
    expect(await rejection(vendo.token('slack'))).toBeInstanceOf(NeedsReauth)
    vendo.disconnect('slack')
    expect(await rejection(vendo.token('slack'))).toBeInstanceOf(NotConnected)
  })

  it.each(['store_unavailable', 'app_revoked', 'rate_limited', 'spend_cap_daily', 'from_the_future'])(
    'fails with %s until it may answer again',
    async (code) => {
      const vendo = new MockClient({ connections: ['slack'] })
      const wanted = createVendoError('mocked', { code })
      vendo.failWith(wanted)
      expect(await rejection(vendo.token('slack'))).toMatchObject({ code, name: wanted.name })
      expect(await rejection(vendo.billing.balance())).toMatchObject({ code })
      vendo.failWith(undefined)
      expect(await vendo.token('slack')).toBe('fake-token-slack')
    },
  )

  it('answers for the provider only what it was told to, and records every request', async () => {
    const upstream = (request: Request) => Response.json({ authorization: request.headers.get('authorization') })
    const vendo = new MockClient({ connections: ['openrouter'], upstream })
    const response = await vendo.fetch('openrouter')('/v1/chat/completions', { method: 'POST', body: '{}' })
    expect(await response.json()).toEqual({ authorization: 'Bearer fake-token-openrouter' })
    expect(vendo.requests).toEqual([
      { method: 'GET', url: 'http://vendo.invalid/credentials/openrouter' },
      { method: 'POST', url: 'http://vendo.invalid/openrouter/v1/chat/completions' },
    ])
    expect(await rejection(new MockClient({ connections: ['openrouter'] }).fetch('openrouter')('/x'))).toMatchObject({
      suggestedFix: 'Give it the `upstream` option.',
    })
  })

  it('answers the rest of the surface', async () => {
    const vendo = new MockClient({ balanceNanos: 5n })
    expect((await vendo.billing.balance()).creditsRemainingNanos).toBe(5n)
    expect((await vendo.billing.spendCaps()).dailyNanos).toBeNull()
    expect((await vendo.billing.usage()).groups).toEqual([])
    expect(await vendo.integrations.list()).toEqual([])
  })
})
