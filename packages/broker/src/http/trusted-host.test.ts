import { describe, expect, it } from 'vitest'
import { createTrustedHost } from './trusted-host.ts'

const names = { publicUrl: 'https://Broker.example.com/base', proxyDomain: 'example.net' }
const refused = expect.objectContaining({ code: 'host_refused', status: 421 })

describe('a broker on a loopback address answers to names that nobody else can own', () => {
  it.each([
    'localhost',
    'localhost:8787',
    'LOCALHOST.:8787',
    'app.localhost',
    '127.0.0.1:8787',
    '127.8.8.8',
    '[::1]:8787',
    'broker.example.com',
    'BROKER.example.com:443',
    'anthropic-proxy.example.net',
    undefined,
  ])('%s', (host) => {
    const assertTrusted = createTrustedHost({ listensOn: '127.0.0.1', ...names })
    expect(() => assertTrusted(host)).not.toThrow()
    expect(() => assertTrusted(host)).not.toThrow()
  })

  it.each([
    'evil.test',
    'localhost.evil.test',
    'evillocalhost',
    '127.0.0.1.evil.test',
    '127.0.0.1@evil.test',
    'broker.example.com.evil.test',
    'evilexample.net',
    '192.168.0.7',
    '0.0.0.0:8787',
    '[::2]',
    '',
  ])('and not to %s', (host) => {
    for (const listensOn of ['127.0.0.1', '::1', 'localhost']) {
      const assertTrusted = createTrustedHost({ listensOn, ...names })
      assertTrusted('localhost')
      expect(() => assertTrusted(host)).toThrow(refused)
    }
  })

  it('without a public URL and a domain there are no others', () => {
    const assertTrusted = createTrustedHost({ listensOn: '::1', publicUrl: undefined, proxyDomain: undefined })
    expect(() => assertTrusted('broker.example.com')).toThrow(refused)
  })
})

it('on any other address every name is answered', () => {
  const assertTrusted = createTrustedHost({ listensOn: '0.0.0.0', ...names })
  expect(() => assertTrusted('evil.test')).not.toThrow()
})
