import { marginSchema, marginsSchema } from '@vendo/contract/api'
import type { ApiClient } from '../http/api-client.ts'
import type { LocalBroker } from '../local/local-broker.ts'

const demoMargin = '0.2'

/**
 * Gives the local tenant a margin of 20 % for the time of the demonstration, so that its bill shows one, unless somebody set
 * another for it. Resolves to what takes it away again.
 */
export const setDemoMargin = async (
  { tenantId }: Pick<LocalBroker, 'tenantId'>,
  client: ApiClient,
): Promise<() => Promise<void>> => {
  const path = '/api/margins'
  const { margins } = await client.send({ path, parse: (body) => marginsSchema.parse(body) })
  const own = margins.some((each) => each.tenant_id === tenantId && !each.integration && !each.meter)
  if (own) return async () => undefined
  const body = { tenant_id: tenantId, margin: demoMargin, note: 'vendo demo' }
  await client.send({ method: 'POST', path, body, parse: (answer) => marginSchema.parse(answer) })
  return async () => {
    const query = { tenant_id: tenantId }
    await client.send({ method: 'DELETE', path, query, parse: (answer) => marginsSchema.parse(answer) })
  }
}
