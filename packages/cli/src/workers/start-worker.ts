import cluster from 'node:cluster'
import type { RunningWorker } from './supervise-workers.ts'
import { isWorkerMessage, slotVariable, type WorkerMessage } from './worker-message.ts'

/** Starts this program again as a worker of `node:cluster`: same arguments, same environment, and its slot. */
export const startWorker = (slot: number): RunningWorker => {
  const worker = cluster.fork({ [slotVariable]: String(slot) })
  // A channel that breaks is followed by `exit`, which is where it counts.
  worker.on('error', () => undefined)
  const ready = new Promise<string>((resolve) => {
    worker.on('message', (message: unknown) => {
      if (isWorkerMessage(message) && message.vendo === 'ready') resolve(message.url)
    })
  })
  const ended = new Promise<string | undefined>((resolve) => {
    worker.once('exit', (code: number | null, signal: string | null) => resolve(describeEnd(code, signal)))
  })
  const drain: WorkerMessage = { vendo: 'drain' }
  return {
    ready,
    ended,
    drain: () => {
      if (worker.isConnected()) worker.send(drain, () => undefined)
      // It may still be starting, where nobody reads messages yet.
      else worker.process.kill('SIGTERM')
    },
    kill: () => void worker.process.kill('SIGKILL'),
  }
}

const describeEnd = (code: number | null, signal: string | null): string | undefined => {
  if (signal) return signal
  return code === 0 ? undefined : `exit code ${code}`
}
