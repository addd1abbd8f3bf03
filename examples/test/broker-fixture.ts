import { loadInjection } from '../../packages/cli/src/env/load-injection.ts'
import { createApiClient } from '../../packages/cli/src/http/api-client.ts'
import { listSettledCalls } from '../../packages/cli/src/http/list-calls.ts'
import { startLocalBroker } from '../../packages/cli/src/local/local-broker.ts'
import { mintRunKey } from '../../packages/cli/src/run/mint-run-key.ts'
import { startSimulatedUpstream } from '../../packages/cli/src/simulated-upstream/start-simulated-upstream.ts'

/** A broker on a real port with simulated providers behind it, for apps that know nothing but their variables. */
export const startExampleBroker = async () => {
  const upstream = await startSimulatedUpstream({ paceMs: 0, credential: 'test-upstream-key' })
  const broker = await startLocalBroker({ directory: '/', temporary: true, simulated: upstream })
  const client = createApiClient({ url: broker.url, key: broker.managementKey })
  return {
    url: broker.url,
    upstream,
    /** A fresh app key, the variables that the resolver gives for it, and later the rows of the ledger that it made. */
    openApp: async () => {
      const { appId, tenantId: tenant, url } = broker
      const key = await mintRunKey(client, { appId, tenant, name: 'example', budgetNanos: undefined })
      const { vars } = await loadInjection({ url, appKey: key.key, appId })
      return { vars, calls: () => listSettledCalls(client, { keyId: key.id, tenant }, { withinMs: 5_000, everyMs: 5 }) }
    },
    close: async () => {
      await broker.close()
      await upstream.close()
    },
  }
}

/** What {@link startExampleBroker} gives. */
export type ExampleBroker = Awaited<ReturnType<typeof startExampleBroker>>
