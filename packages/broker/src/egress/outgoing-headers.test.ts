import { Secret } from '@vendo/contract'
import { describe, expect, it } from 'vitest'
import { anthropic, openai } from '../../test/providers.ts'
import { outgoingHeaders } from './outgoing-headers.ts'

const secret = new Secret('upstream-test-key')
const forwarded = (rawHeaders: string[], provider = openai, identityEncoding = false) => {
  const flat = outgoingHeaders({ rawHeaders, provider, secret, identityEncoding })
  return Array.from({ length: flat.length / 2 }, (_, index) => [flat[index * 2], flat[index * 2 + 1]])
}

describe('every carrier of a credential is stripped, and exactly one is set, last', () => {
  it.each([
    'Authorization',
    'x-api-key',
    'API-KEY',
    'x-goog-api-key',
    'xi-api-key',
    'Proxy-Authorization',
    'x-vendo-key',
    'x-bf-vk',
    'Cookie',
  ])('%s', (name) => {
    const headers = forwarded([name, 'vendo_sk_client'])
    expect(headers).toEqual([['authorization', 'Bearer upstream-test-key']])
  })
  it('drops a Vendo key from a header of any name', () => {
    expect(forwarded(['x-other', 'vendo_sk_client'])).toHaveLength(1)
  })
  it('sets the provider’s own header and defaults', () => {
    expect(forwarded(['x-api-key', 'dummy'], anthropic)).toEqual([
      ['anthropic-version', '2023-06-01'],
      ['x-api-key', 'upstream-test-key'],
    ])
  })
  it('leaves the version that the client chose', () => {
    expect(forwarded(['anthropic-version', '2026-10-21'], anthropic)).toContainEqual([
      'anthropic-version',
      '2026-10-21',
    ])
  })
})

describe('headers of the client’s hop and identity stay behind', () => {
  it.each([
    'Host',
    'Connection',
    'Keep-Alive',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'Upgrade',
    'Content-Length',
    'Expect',
    'X-Forwarded-For',
    'Forwarded',
    'X-Vendo-Connection',
    'x-bf-async',
    'traceparent',
    'Tracestate',
    'baggage',
  ])('%s', (name) => {
    expect(forwarded([name, 'x'])).toHaveLength(1)
  })
  it('drops what Connection names', () => {
    expect(forwarded(['Connection', 'close, X-Hop', 'x-hop', '1', 'x-end', '2'])).toEqual([
      ['x-end', '2'],
      ['authorization', 'Bearer upstream-test-key'],
    ])
  })
})

describe('what the client says to the provider passes', () => {
  it.each([
    'anthropic-beta',
    'x-stainless-retry-count',
    'idempotency-key',
    'user-agent',
    'accept-encoding',
    'x-new-header',
  ])('%s', (name) => {
    expect(forwarded([name, 'value'])[0]).toEqual([name, 'value'])
  })
  it('its trace context only where the operator asks for that', () => {
    const rawHeaders = ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01']
    const flat = outgoingHeaders({ rawHeaders, provider: openai, secret, identityEncoding: false, traceContext: true })
    expect(flat.slice(0, 2)).toEqual(rawHeaders)
  })
  it('asks for an uncompressed answer only where the broker edits it', () => {
    expect(forwarded(['accept-encoding', 'gzip'], openai, true)[0]).toEqual(['accept-encoding', 'identity'])
  })
})
