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
  it.each([
    'true-client-ip',
    'X-Client-IP',
    'x-cluster-client-ip',
    'fastly-client-ip',
    'Fly-Client-IP',
    'x-vercel-ip-country',
    'x-envoy-external-address',
    'helicone-auth',
    'x-portkey-config',
    'cf-connecting-ip',
    'cf-aig-authorization',
    'x-azure-clientip',
    'x-appengine-user-ip',
    'cloudfront-viewer-address',
    'x-amz-cf-id',
    'x-nf-client-connection-ip',
    'akamai-origin-hop',
    'x-litellm-api-key',
    'x-real-ip',
    'x-forwarded-host',
    'x_forwarded_for',
    'Via',
    'x-http-method-override',
    'x-http-method',
    'x-method-override',
    'x-original-url',
    'x-rewrite-url',
    'x-bf-eh-x-custom',
    'sec-ch-ua',
    'cdn-loop',
  ])('%s', (name) => {
    expect(forwarded([name, 'x'])).toHaveLength(1)
  })

  it.each(['content-type', 'anthropic-beta', 'anthropic-version', 'Accept', 'idempotency-key', 'user-agent'])(
    'Connection cannot have %s left out, which is for the provider',
    (name) => {
      expect(forwarded(['Connection', `close, ${name}`, name, 'x'])[0]).toEqual([name.toLowerCase(), 'x'])
    },
  )

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
  it.each([
    'traceparent',
    'b3',
    'X-B3-TraceId',
    'sentry-trace',
    'baggage',
    'X-Amzn-Trace-Id',
    'x-cloud-trace-context',
    'x-datadog-trace-id',
    'uber-trace-id',
    'newrelic',
  ])('%s only where the operator asks for traces', (name) => {
    const input = { rawHeaders: [name, 'x'], provider: openai, secret, identityEncoding: false }
    expect(outgoingHeaders(input)).not.toContain(name.toLowerCase())
    expect(outgoingHeaders({ ...input, traceContext: true })).toContain(name.toLowerCase())
  })

  it('asks for an uncompressed answer only where the broker edits it', () => {
    expect(forwarded(['accept-encoding', 'gzip'], openai, true)[0]).toEqual(['accept-encoding', 'identity'])
  })
})

describe('on a pooled credential', () => {
  const pooled = (rawHeaders: string[], pooledFor: string | undefined) =>
    outgoingHeaders({ rawHeaders, provider: openai, secret, identityEncoding: false, pooledFor })

  it('x-goog-user-project names another account than the one that pays', () => {
    const header = ['x-goog-user-project', 'mine']
    expect(pooled(header, 'ten_a')).not.toContain('x-goog-user-project')
    expect(pooled(header, undefined)).toContain('x-goog-user-project')
  })

  it('an Idempotency-Key is worth nothing to another tenant, and the same to the same one', () => {
    const keyOf = (tenant: string | undefined, value = 'order-1') => pooled(['Idempotency-Key', value], tenant)[1]
    expect(keyOf('ten_a')).toBe(keyOf('ten_a'))
    expect(keyOf('ten_a')).toMatch(/^[0-9a-f]{64}$/)
    expect(new Set([keyOf('ten_a'), keyOf('ten_b'), keyOf('ten_a', 'order-2'), 'order-1']).size).toBe(4)
    expect(keyOf(undefined)).toBe('order-1')
  })
})
