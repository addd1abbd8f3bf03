import { createHmac } from 'node:crypto'
import type { Secret } from '@vendo/contract'

const domain = 'vendo/idempotency-key/v1'

/**
 * A tenant's `Idempotency-Key` as the provider sees it behind a pooled credential: the same for the same tenant and key, at
 * every broker and after every restart, and another one for any other tenant. The credential is the HMAC's key, because all
 * brokers that share an account at the provider share it, and no tenant knows it; a rotated credential starts afresh.
 */
export const tenantIdempotencyKey = (clientKey: string, tenantId: string, credential: Secret): string =>
  createHmac('sha256', credential.reveal())
    // As JSON, no tenant and key can be put together to look like another pair.
    .update(JSON.stringify([domain, tenantId, clientKey]))
    .digest('hex')
