import { type LocalBroker, type LocalBrokerOptions, startLocalBroker } from './local-broker.ts'

/**
 * Starts the bundled simulated upstreams and a local broker in front of them; `close` ends both.
 *
 * @throws what `startLocalBroker` throws.
 */
export const startSimulatedBroker = async (
  options: Omit<LocalBrokerOptions, 'simulated' | 'providerKeys'>,
): Promise<LocalBroker> => {
  const { startSimulatedUpstream } = await import('../simulated-upstream/start-simulated-upstream.ts')
  const upstream = await startSimulatedUpstream()
  try {
    const broker = await startLocalBroker({ ...options, simulated: upstream })
    let closed: Promise<void> | undefined
    const close = () => {
      closed ??= broker.close().then(() => upstream.close())
      return closed
    }
    return { ...broker, close }
  } catch (error) {
    await upstream.close()
    throw error
  }
}
