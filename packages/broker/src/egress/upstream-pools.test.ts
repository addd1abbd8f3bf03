import { describe, expect, it } from 'vitest'
import { createUpstreamPools, defaultUpstreamTimeouts } from './upstream-pools.ts'

const create = (origin: string) => createUpstreamPools([origin], defaultUpstreamTimeouts)

describe('an upstream origin', () => {
  it.each([
    'https://api.example.com',
    'https://api.example.com:8443',
    'http://127.0.0.1:4000',
    'http://localhost:4000',
    'http://[::1]:4000',
  ])('may be %s', async (origin) => {
    await create(origin).close()
  })

  it.each([
    ['plain http, which shows the credential to the network', 'http://api.example.com'],
    ['plain http to a private address', 'http://192.168.1.10:4000'],
    ['plain http to a name that only begins like this machine', 'http://localhost.example.com'],
    ['plain http to a name that begins like its address', 'http://127.0.0.1.example.com'],
    ['another scheme', 'ftp://127.0.0.1'],
    ['an address with a path', 'https://api.example.com/v1'],
    ['an address with a slash', 'https://api.example.com/'],
    ['an address with a user', 'https://user:secret@api.example.com'],
    ['a name alone', 'api.example.com'],
    ['nothing', ''],
  ])('may not be %s', (_, origin) => {
    expect(() => create(origin)).toThrow(expect.objectContaining({ code: 'validation_failed' }))
  })
})
