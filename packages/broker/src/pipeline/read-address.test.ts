import { describe, expect, it } from 'vitest'
import { anthropic, openai, openrouter } from '../../test/providers.ts'
import { type AddressBook, readAddress } from './read-address.ts'

const providers = { anthropic, openai, openrouter }
const book: AddressBook = {
  provider: (slug) => (Object.hasOwn(providers, slug) ? providers[slug as keyof typeof providers] : undefined),
  slugs: Object.keys(providers),
  proxyDomain: 'example.test',
}
const read = (target: string, host?: string) => {
  const { provider, path, query, queryKey } = readAddress(target, host, book)
  return [provider.slug, path, query, queryKey]
}

describe('every spelling of a path is one route', () => {
  it.each([
    ['/anthropic/v1/messages', 'anthropic', '/v1/messages'],
    ['/anthropic/messages', 'anthropic', '/v1/messages'],
    ['/anthropic/v1/v1/messages', 'anthropic', '/v1/messages'],
    ['/anthropic/v1/messages/count_tokens', 'anthropic', '/v1/messages/count_tokens'],
    ['/openai/chat/completions', 'openai', '/v1/chat/completions'],
    ['/openai/v1/v1/responses', 'openai', '/v1/responses'],
    ['/openai/v1/v1beta/models', 'openai', '/v1beta/models'],
    ['/openai/v1extra/models', 'openai', '/v1/v1extra/models'],
    ['/openrouter/v1/chat/completions', 'openrouter', '/api/v1/chat/completions'],
    ['/openrouter/api/v1/chat/completions', 'openrouter', '/api/v1/chat/completions'],
    ['/openrouter/chat/completions', 'openrouter', '/api/v1/chat/completions'],
    ['/openrouter/apis', 'openrouter', '/api/v1/apis'],
  ])('%s', (target, slug, path) => {
    expect(read(target).slice(0, 2)).toEqual([slug, path])
  })
})

describe('the query passes as it is, without a credential', () => {
  it.each([
    ['/anthropic/v1/messages?beta=true', '?beta=true', null],
    ['/openai/v1/models?key=abc', '', 'abc'],
    ['/openai/v1/models?a=1&key=abc&b=%20', '?a=1&b=%20', 'abc'],
    ['/openai/v1/models?key=one&key=two', '', 'one'],
    ['/openai/v1/models?%6bey=abc', '', 'abc'],
    ['/openai/v1/models?api_key=vendo_sk_abc&a=1', '?a=1', null],
    ['/openai/v1/models?a=%vendo&b=%zz', '?a=%vendo&b=%zz', null],
    ['/openai/v1/models?', '', null],
    ['/openai/v1/models?a=1;key=vendo_sk_abc', '?a=1', null],
    ['/openai/v1/models?a=1;KEY=vendo_sk_abc;b=2&c=3', '?a=1;b=2&c=3', null],
    ['/openai/v1/models?Key=abc&a=1', '?a=1', null],
    ['/openai/v1/models?a=1%3Bkey%3Dvendo_sk_abc', '', null],
    ['/openai/v1/models?a=%76endo_sk_abc&b=1', '?b=1', null],
    ['/openai/v1/models?a=%2576endo_sk_abc&b=1', '?b=1', null],
    ['/openai/v1/models?a=%zz%76endo%5fsk_abc&b=1', '?b=1', null],
    ['/openai/v1/models?vendo_sk_abc&b=1', '?b=1', null],
    ['/openai/v1/models?vendo_mk_abc=1&b=1', '?b=1', null],
    ['/openai/v1/models?a=VENDO_SK_abc&b=1', '?b=1', null],
    ['/openai/v1/models?a=x=vendo_sk_abc&b=1', '?b=1', null],
    ['/openai/v1/models?key=abc=d', '', 'abc=d'],
    ['/openai/v1/models?key', '', ''],
    ['/openai/v1/models?a=1;b=2', '?a=1;b=2', null],
  ])('%s', (target, query, queryKey) => {
    expect(read(target).slice(2)).toEqual([query, queryKey])
  })
})

describe('a host names the integration only below the operator’s own domain', () => {
  it.each([
    ['anthropic-proxy.example.test', '/v1/messages', 'anthropic', '/v1/messages'],
    ['ANTHROPIC-proxy.example.test:443', '/messages', 'anthropic', '/v1/messages'],
    ['openai-proxy.evil.test', '/anthropic/v1/messages', 'anthropic', '/v1/messages'],
    ['example.test.evil', '/openai/v1/models', 'openai', '/v1/models'],
  ])('%s%s', (host, target, slug, path) => {
    expect(read(target, host).slice(0, 2)).toEqual([slug, path])
  })
})

describe('whatever could become another path or host is refused', () => {
  it.each([
    '/anthropic/../healthz',
    '/anthropic/./v1/messages',
    '/anthropic/%2e%2e/healthz',
    '/anthropic/%2E%2e/healthz',
    '/anthropic/v1%2fmessages',
    '/anthropic/v1%5Cmessages',
    '/anthropic//v1/messages',
    '//anthropic/v1/messages',
    '/anthropic\\v1\\messages',
    '/anthropic@evil.test/v1/messages',
    '/anthropic/v1/messages%00',
    '/anthropic/v1/mess ages',
    '/anthropic/v1/messäges',
    '/openai/v1/models/vendo_sk_abc',
    '/openai/v1/models/%76endo_sk_abc',
    'http://evil.test/anthropic/v1/messages',
    'anthropic/v1/messages',
    '*',
    '',
  ])('%j', (target) => {
    expect(() => read(target)).toThrow(expect.objectContaining({ code: 'path_rejected', status: 400 }))
  })
})

it.each(['/nobody/v1/messages', '/', '/__proto__/v1', '/constructor'])('%s names no integration', (target) => {
  expect(() => read(target)).toThrow(expect.objectContaining({ code: 'provider_unknown', status: 404 }))
})

describe('a path of the API that would choose the provider says that it is not built, and what there is', () => {
  it.each(['/v1/chat/completions', '/v1/messages', '/v1/models', '/v1', '/v1beta/models', '/chat/completions'])(
    '%s',
    (target) => {
      expect(() => read(target)).toThrow(
        expect.objectContaining({
          code: 'not_supported',
          status: 400,
          suggestedFix: expect.stringContaining('anthropic, openai, openrouter'),
        }),
      )
    },
  )
})
