import cluster from 'node:cluster'
import type { BrokerLife } from './broker-settings.ts'
import { isWorkerMessage, slotVariable, type WorkerMessage } from './worker-message.ts'

const stopping = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Whether this process is a worker of a {@link runWorkers}. */
export const isWorker = (): boolean => cluster.isWorker && process.env[slotVariable] !== undefined

/**
 * The life of a worker: it ends when the primary says so, at any signal, and when the primary is gone. A terminal sends
 * Ctrl-C to the workers, too, and the primary asks them as well: only the first request counts, and only the primary forces.
 */
export const linkToPrimary = (): BrokerLife => {
  const { worker } = cluster
  let end: () => void = () => undefined
  const stop = new Promise<void>((resolve) => {
    end = resolve
  })
  const listen = (message: unknown): void => {
    if (isWorkerMessage(message) && message.vendo === 'drain') end()
  }
  const orphaned = (): void => {
    // Node would end the process at once, in the middle of its calls.
    if (worker) worker.exitedAfterDisconnect = true
    end()
  }
  for (const signal of stopping) process.on(signal, end)
  process.on('message', listen)
  process.prependListener('disconnect', orphaned)
  return {
    slot: Number(process.env[slotVariable]),
    ready: (url) => {
      const message: WorkerMessage = { vendo: 'ready', url }
      // A primary that is gone is noticed by `disconnect`.
      process.send?.(message, undefined, undefined, () => undefined)
    },
    stop,
    release: () => {
      process.removeListener('message', listen)
      if (process.connected) worker?.disconnect()
    },
  }
}
