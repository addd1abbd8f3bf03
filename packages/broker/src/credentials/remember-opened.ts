import type { Secret } from '@vendo/contract'
import type { SealedSecret } from '../store/records.ts'
import type { Vault } from './vault.ts'

/**
 * The same vault, which opens a sealed secret once for as long as its record is held in memory: the directory lets go of a
 * record as soon as it changes, and the opened secret goes with it.
 */
export const rememberOpened = (vault: Vault): Vault => {
  const opened = new WeakMap<SealedSecret, { readonly context: string; readonly secret: Secret }>()
  return {
    seal: vault.seal,
    open: (sealed, context) => {
      const asked = JSON.stringify([context.tenantId, context.connectionId, context.field, context.version])
      const known = opened.get(sealed)
      if (known?.context === asked) return known.secret
      const secret = vault.open(sealed, context)
      opened.set(sealed, { context: asked, secret })
      return secret
    },
  }
}
