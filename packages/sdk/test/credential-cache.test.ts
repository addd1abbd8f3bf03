import { describe, expect, it } from 'vitest'
import { type ApiCredential, createCredentialCache } from '../src/resolve/credential-cache.ts'

const minute = 60_000

const setUp = (expiresInMs?: number) => {
  const clock = { now: 1_000_000 }
  const asked: string[] = []
  const pending: { resolve: (credential: ApiCredential) => void; reject: (error: Error) => void }[] = []
  const held = { hold: false }
  const credential = (slug: string): ApiCredential => ({
    token: `${slug} ${asked.length}`,
    baseURL: undefined,
    expiresAt: expiresInMs === undefined ? undefined : new Date(clock.now + expiresInMs),
  })
  const cache = createCredentialCache(
    {
      loadOne: (slug) => {
        asked.push(slug)
        if (!held.hold) return Promise.resolve(credential(slug))
        return new Promise((resolve, reject) => pending.push({ resolve, reject }))
      },
      loadMany: async (slugs) => {
        asked.push(slugs.join('+'))
        return (slug) => {
          if (slug === 'unbound') throw new Error('unbound')
          return credential(slug)
        }
      },
    },
    () => clock.now,
  )
  return { cache, clock, asked, pending, held, credential }
}

describe('a credential is kept', () => {
  it.each([
    ['until a minute before it expires', 10 * minute, 9 * minute - 1, 1],
    ['no longer', 10 * minute, 9 * minute, 2],
    ['50 minutes when it does not say', undefined, 50 * minute - 1, 1],
    ['no longer than 50 minutes then', undefined, 50 * minute, 2],
    ['not at all when it expires within a minute', 59_999, 0, 2],
    ['not at all when it has expired', -1, 0, 2],
  ])('%s', async (_, expiresInMs, laterMs, requests) => {
    const { cache, clock, asked } = setUp(expiresInMs)
    await cache.get('a')
    clock.now += laterMs
    await cache.get('a')
    expect(asked).toHaveLength(requests)
  })

  it('by slug', async () => {
    const { cache, asked } = setUp()
    await cache.get('a')
    await cache.get('b')
    expect(asked).toEqual(['a', 'b'])
  })
})

describe('calls at the same time', () => {
  it('share one request, also a failing one, which is not kept', async () => {
    const { cache, asked, pending, held } = setUp()
    held.hold = true
    const calls = [cache.get('a'), cache.get('a'), cache.get('a')]
    pending[0]?.reject(new Error('down'))
    const results = await Promise.allSettled(calls)
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(asked).toEqual(['a'])
    held.hold = false
    expect((await cache.get('a')).token).toBe('a 2')
  })

  it('ask again when the first was invalidated on its way, and keep the second answer', async () => {
    const { cache, pending, held, asked, credential } = setUp()
    held.hold = true
    const first = cache.get('a')
    cache.invalidate('a')
    const second = cache.get('a')
    pending[1]?.resolve({ ...credential('a'), token: 'new' })
    pending[0]?.resolve({ ...credential('a'), token: 'old' })
    expect([(await first).token, (await second).token]).toEqual(['old', 'new'])
    expect((await cache.get('a')).token).toBe('new')
    expect(asked).toHaveLength(2)
  })

  it('ask again after a failure that was invalidated, without losing the newer request', async () => {
    const { cache, pending, held, asked, credential } = setUp()
    held.hold = true
    const first = cache.get('a')
    cache.invalidate('a')
    const second = cache.get('a')
    pending[0]?.reject(new Error('down'))
    await expect(first).rejects.toThrow('down')
    const third = cache.get('a')
    pending[1]?.resolve(credential('a'))
    await Promise.all([second, third])
    expect(asked).toHaveLength(2)
  })
})

describe('several at once', () => {
  it('ask only for what is neither kept nor on its way, once', async () => {
    const { cache, asked } = setUp()
    await cache.get('a')
    cache.prime(['a', 'b', 'c', 'b'])
    cache.prime(['c', 'a'])
    await Promise.all([cache.get('b'), cache.get('c')])
    expect(asked).toEqual(['a', 'b+c'])
  })

  it('reject alone, and do not keep that', async () => {
    const { cache, asked } = setUp()
    cache.prime(['unbound', 'b'])
    await expect(cache.get('unbound')).rejects.toThrow('unbound')
    await cache.get('b')
    await cache.get('unbound')
    expect(asked).toEqual(['unbound+b', 'unbound'])
  })
})

describe('invalidate', () => {
  it('makes the next call ask again, for that slug alone', async () => {
    const { cache, asked } = setUp()
    await cache.get('a')
    await cache.get('b')
    cache.invalidate('a')
    await cache.get('a')
    await cache.get('b')
    expect(asked).toEqual(['a', 'b', 'a'])
  })
})
