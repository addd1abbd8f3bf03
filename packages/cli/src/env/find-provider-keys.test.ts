import { describe, expect, it } from 'vitest'
import { findProviderKeys } from './find-provider-keys.ts'

const found = (env: Record<string, string>, dotenv?: Record<string, string>) =>
  findProviderKeys({ env, dotenv }).map(({ slug, secret, variable, upstreamOrigin }) => ({
    slug,
    secret: secret.reveal(),
    variable,
    upstreamOrigin,
  }))

const anthropic = { slug: 'anthropic', secret: 'test-key', variable: 'ANTHROPIC_API_KEY', upstreamOrigin: undefined }

describe('findProviderKeys', () => {
  it.each([
    ['the environment', { ANTHROPIC_API_KEY: 'test-key' }, undefined, [anthropic]],
    ['.env', {}, { ANTHROPIC_API_KEY: 'test-key' }, [anthropic]],
    ['the environment before .env', { ANTHROPIC_API_KEY: 'test-key' }, { ANTHROPIC_API_KEY: 'other' }, [anthropic]],
    ['not a blank', { ANTHROPIC_API_KEY: '  ' }, { ANTHROPIC_API_KEY: 'test-key' }, [anthropic]],
    ['not a Vendo key', { ANTHROPIC_API_KEY: 'vendo_sk_fake' }, undefined, []],
    ['not an integration that is not proxied', { TELEGRAM_BOT_TOKEN: 'test-key' }, undefined, []],
  ] as const)('finds %s', (_, env, dotenv, expected) => {
    expect(found(env, dotenv)).toEqual(expected)
  })

  it.each([
    ['the whole address', 'http://127.0.0.1:9000/v1', 'http://127.0.0.1:9000'],
    ['without a path', 'https://llm.example.com', 'https://llm.example.com'],
    ['with a slash', 'https://llm.example.com/v1/', 'https://llm.example.com'],
    ['of a broker, left over from vendo dev', 'http://127.0.0.1:8787/anthropic/v1', undefined],
  ])('reads a base URL: %s', (_, text, upstreamOrigin) => {
    const env = { ANTHROPIC_API_KEY: 'test-key', ANTHROPIC_BASE_URL: text }
    expect(found(env)).toEqual([{ ...anthropic, upstreamOrigin }])
  })

  it('keeps the prefix of OpenRouter out of the path check', () => {
    const env = { OPENROUTER_API_KEY: 'test-key', OPENROUTER_BASE_URL: 'https://router.example.com/api/v1' }
    expect(found(env)).toMatchObject([{ slug: 'openrouter', upstreamOrigin: 'https://router.example.com' }])
  })

  it('does not let a file of the folder lead a key of the environment elsewhere', () => {
    const file = { ANTHROPIC_BASE_URL: 'https://stranger.example.com' }
    expect(found({ ANTHROPIC_API_KEY: 'test-key' }, file)).toEqual([anthropic])
    expect(found({}, { ...file, ANTHROPIC_API_KEY: 'test-key' })).toMatchObject([
      { upstreamOrigin: 'https://stranger.example.com' },
    ])
  })

  it.each(['https://gateway.example.com/claude', 'not a url'])('refuses the base URL %s', (text) => {
    expect(() => found({ ANTHROPIC_API_KEY: 'test-key', ANTHROPIC_BASE_URL: text })).toThrow(/^ANTHROPIC_BASE_URL/)
  })
})
