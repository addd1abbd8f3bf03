import { describe, expect, it } from 'vitest'
import { parseStoreAddress, withoutCredentials, withoutPassword } from './store-address.ts'

describe('--store', () => {
  it.each([
    ['sqlite:ledger.sqlite', { kind: 'sqlite', path: '/home/op/ledger.sqlite' }],
    ['sqlite:/var/lib/v.sqlite', { kind: 'sqlite', path: '/var/lib/v.sqlite' }],
    ['sqlite::memory:', { kind: 'sqlite', path: ':memory:' }],
    ['postgres://vendo@db/vendo', { kind: 'postgres', url: 'postgres://vendo@db/vendo' }],
    ['postgresql://db/vendo', { kind: 'postgres', url: 'postgresql://db/vendo' }],
  ])('%s', (text, address) => {
    expect(parseStoreAddress(text, '/home/op')).toEqual(address)
  })
  it.each([undefined, '', ' ', 'ledger.sqlite', 'sqlite:', 'mysql://db', 'postgres:vendo'])('refuses %s', (text) => {
    expect(() => parseStoreAddress(text, '/')).toThrow(/store/)
  })
  it('shows no password of an address that it does not know', () => {
    expect(() => parseStoreAddress('postgre://op:not-so-secret@db/vendo', '/')).toThrow(/postgre:\/\/…@db\/vendo/)
  })
})

describe('a password never comes out', () => {
  it.each([
    ['at postgres://op:p%40ss@db/vendo failed', 'at postgres://…@db/vendo failed'],
    ['at postgres://op@db/v?password=p&sslmode=require', 'at postgres://…@db/v?password=…&sslmode=require'],
  ])('of %s', (text, shown) => {
    expect(withoutCredentials(text)).toBe(shown)
  })

  it.each([
    ['as written', 'postgres://op:p%40ss-word@db/v', 'p%40ss-word'],
    ['as meant', 'postgres://op:p%40ss-word@db/v', 'p@ss-word'],
    ['from the query', 'postgres://op@db/v?password=pass-word', 'pass-word'],
    ['of a URL that cannot be read', 'postgres://op:pass-word@[db/v', 'postgres://op:pass-word@[db/v'],
  ])('of an error that quotes it %s', async (_, url, quoted) => {
    const work = () => Promise.reject(new Error(`no connection (${quoted})`))
    const failure = await withoutPassword({ kind: 'postgres', url }, work).catch((error: unknown) => error)
    expect(failure).toMatchObject({ message: expect.stringContaining('no connection') })
    expect(String(failure)).not.toContain(quoted)
    expect((failure as Error).cause).toBeUndefined()
  })

  it('and other errors stay what they are', async () => {
    const error = new Error('no connection')
    const address = { kind: 'postgres', url: 'postgres://op:pass-word@db/v' } as const
    await expect(withoutPassword(address, () => Promise.reject(error))).rejects.toBe(error)
  })
})
