import { Secret } from '@vendo/contract'
import { createVault, type Vault } from '../src/index.ts'

/** The same vault each time, so that one broker can open what another one sealed. */
export const testVault = (): Vault =>
  createVault({
    keyEncryptionKey: new Secret(Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64')),
  })
