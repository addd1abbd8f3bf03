import { AggregatorRegistry } from 'prom-client'
import type { Metrics, MetricsSource } from './metrics.ts'

/** In a worker of `node:cluster`: answers the primary, when it asks for this worker's metrics. */
export const shareClusterMetrics = ({ registry }: Metrics): void => {
  AggregatorRegistry.setRegistries([registry])
  void new AggregatorRegistry()
}

/** In the primary: the metrics of all workers, added up. */
export const collectClusterMetrics = (): MetricsSource => {
  const workers = new AggregatorRegistry()
  return { contentType: workers.contentType, text: () => workers.clusterMetrics() }
}
