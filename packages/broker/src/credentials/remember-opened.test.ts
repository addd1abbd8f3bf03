import { Secret } from '@vendo/contract'
import { expect, it } from 'vitest'
import { rememberOpened } from './remember-opened.ts'
import { createVault } from './vault.ts'

const key = new Secret(Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64'))
const context = { tenantId: 'ten_1', connectionId: 'con_1', field: 'secret' }

const counting = () => {
  const vault = createVault({ keyEncryptionKey: key })
  let openings = 0
  const counted = {
    seal: vault.seal,
    open: (...input: Parameters<typeof vault.open>) => {
      openings++
      return vault.open(...input)
    },
  }
  return { vault: rememberOpened(counted), openings: () => openings }
}

it('opens a record once, and a record that was read again once more', () => {
  const { vault, openings } = counting()
  const sealed = vault.seal(new Secret('upstream-test-key'), context)
  for (let round = 0; round < 3; round++) expect(vault.open(sealed, context).reveal()).toBe('upstream-test-key')
  expect(openings()).toBe(1)
  expect(vault.open({ ...sealed }, context).reveal()).toBe('upstream-test-key')
  expect(openings()).toBe(2)
})

it('never answers for another tenant, connection or field', () => {
  const { vault } = counting()
  const sealed = vault.seal(new Secret('upstream-test-key'), context)
  vault.open(sealed, context)
  for (const other of [{ tenantId: 'ten_2' }, { connectionId: 'con_2' }, { field: 'refresh_token' }]) {
    expect(() => vault.open(sealed, { ...context, ...other })).toThrow(
      expect.objectContaining({ code: 'vault_unreadable' }),
    )
  }
})
