import { type KeyResponse, keySchema } from '@vendo/contract/api'
import type { Management } from '../http/open-management.ts'

/** Every key of the tenant, oldest first, revoked and expired ones included. */
export const listKeys = ({ client }: Pick<Management, 'client'>, tenant: string | undefined): Promise<KeyResponse[]> =>
  client.send({
    path: '/api/keys',
    query: { tenant },
    parse: (body) => keySchema.array().parse((body as { keys: unknown }).keys),
  })

/** Whether a key can be used. */
export const stateOf = ({ revoked_at, expires_at }: KeyResponse): 'active' | 'revoked' | 'expired' => {
  if (revoked_at !== null) return 'revoked'
  return expires_at !== null && Date.parse(expires_at) <= Date.now() ? 'expired' : 'active'
}
