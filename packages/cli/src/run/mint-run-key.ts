import { Secret, usdFromNanos } from '@vendo/contract'
import { createdKeySchema } from '@vendo/contract/api'
import type { ApiClient } from '../http/api-client.ts'

/** A key for one run. */
export interface RunKey {
  readonly id: string
  readonly key: Secret
}

/** Long enough for any run; a vendo that was killed leaves no key behind for ever. */
const longestRunMs = 7 * 24 * 3_600_000

/** What the key is for. */
export interface RunKeyInput {
  readonly appId: string
  readonly tenant: string | undefined
  /** Shown in lists of keys. */
  readonly name: string
  readonly budgetNanos: bigint | undefined
}

/** Makes a key for one run, capped at its budget. */
export const mintRunKey = async (
  client: ApiClient,
  { appId, tenant, name, budgetNanos }: RunKeyInput,
): Promise<RunKey> => {
  const limits =
    budgetNanos === undefined ? {} : { limits: { spend_total_usd: usdFromNanos(budgetNanos), budgeted_run: true } }
  const created = await client.send({
    method: 'POST',
    path: '/api/keys',
    query: { tenant },
    body: {
      app_id: appId,
      name: name.slice(0, 100),
      expires_at: new Date(Date.now() + longestRunMs).toISOString(),
      ...limits,
    },
    parse: (body) => createdKeySchema.parse(body),
  })
  return { id: created.id, key: new Secret(created.key) }
}

/** Ends a key. */
export const revokeKey = (client: ApiClient, id: string): Promise<void> =>
  client.send({ method: 'DELETE', path: `/api/keys/${encodeURIComponent(id)}`, parse: () => undefined })
