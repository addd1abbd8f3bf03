import { Secret } from '@vendo/contract'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createBroker } from '../broker.ts'
import { openSqliteStore } from '../store/sqlite/open-sqlite-store.ts'
import type { Store } from '../store/store.ts'
import { adoptVaultKey, assertVaultKey } from './assert-vault-key.ts'
import { createVault, type Vault } from './vault.ts'

const vaultOf = (fill: string): Vault =>
  createVault({ keyEncryptionKey: new Secret(Buffer.from(`${fill}-fake-test-key`.padEnd(32, '.')).toString('base64')) })
const own = vaultOf('own')
const wrong = { code: 'vault_key_wrong', message: expect.stringContaining('Nothing was changed') }
let store: Store

beforeEach(async () => {
  store = await openSqliteStore({ path: ':memory:', worker: false })
})
afterEach(() => store.close())

/** Connects integrations of one tenant, each sealed with another vault. */
const connect = async (...vaults: readonly Vault[]): Promise<void> => {
  await store.createTenant({ id: 'ten_1', name: 'One', createdAt: 1 })
  for (const [index, vault] of vaults.entries()) {
    const place = { tenantId: 'ten_1', connectionId: `con_${index}` }
    await store.createConnection({
      ...{ id: place.connectionId, tenantId: 'ten_1', integration: 'openai', profile: 'byok_static', name: 'x' },
      ...{ status: 'connected', metadata: {}, createdAt: 1 },
      sealed: vault.seal(new Secret('fake-upstream-key'), { ...place, field: 'secret' }),
    })
  }
}

describe('the first vault key of a store', () => {
  it.each([
    ['without credentials is taken, and no other after it', []],
    ['that opens a credential is taken, and no other after it', [own]],
    ['that opens one of the credentials is taken, and no other after it', [vaultOf('lost'), own]],
  ])('%s', async (_rule, vaults) => {
    await connect(...vaults)
    await assertVaultKey(store, own)
    await assertVaultKey(store, own)
    await expect(assertVaultKey(store, vaultOf('other'))).rejects.toMatchObject(wrong)
    await assertVaultKey(store, own)
  })

  it('that opens no credential is refused, and leaves nothing behind', async () => {
    await connect(own, own)
    await expect(assertVaultKey(store, vaultOf('other'))).rejects.toMatchObject(wrong)
    expect(await store.vaultCanary()).toBeNull()
    await assertVaultKey(store, own)
  })

  it('is the one of the process that was first, when two start at the same time', async () => {
    const ends = await Promise.allSettled([assertVaultKey(store, own), assertVaultKey(store, vaultOf('other'))])
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })
})

it('a canary that was tampered with opens with no key', async () => {
  await store.keepVaultCanary({ envelope: 'AAAA' })
  await expect(assertVaultKey(store, own)).rejects.toMatchObject(wrong)
})

it('a vault key that was lost is followed by another one on purpose only', async () => {
  await connect(vaultOf('lost'))
  await assertVaultKey(store, vaultOf('lost'))
  await expect(assertVaultKey(store, own)).rejects.toMatchObject(wrong)
  await adoptVaultKey(store, own)
  await assertVaultKey(store, own)
  await expect(assertVaultKey(store, vaultOf('lost'))).rejects.toMatchObject(wrong)
})

it('a broker with a wrong vault key does not listen', async () => {
  await assertVaultKey(store, own)
  const broker = createBroker({ store, vault: vaultOf('other') })
  await expect(broker.listen({ port: 0 })).rejects.toMatchObject(wrong)
  await broker.close()
})
