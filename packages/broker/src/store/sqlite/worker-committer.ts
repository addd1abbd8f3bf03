import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Committer, Reply } from '../group-commit-store.ts'
import type { EpochMs } from '../records.ts'
import { type StoreErrorData, storeErrorOf, storeUnavailable } from '../store-error.ts'
import { type Packed, packJobs, unpackReplies } from './batch-text.ts'
import type { SqliteLocation } from './sqlite-session.ts'
import type { WorkerRequest } from './sqlite-worker.ts'

/**
 * Opens the store in a worker thread, so that waiting for the disk stops nobody. The worker keeps the process alive only
 * while a commit runs.
 *
 * @throws {VendoError} `store_unavailable` as the worker met it.
 */
export const openWorkerCommitter = async (
  location: SqliteLocation,
  clock: (() => EpochMs) | undefined,
): Promise<Committer> => {
  const worker = startWorker(location)
  const [failure] = await once(worker, 'message').catch((cause: unknown) => {
    throw storeUnavailable('The thread of the store cannot start.', { cause })
  })
  if (failure !== null) throw storeErrorOf(failure as StoreErrorData)
  worker.unref()

  let answer: { resolve(replies: readonly Reply[]): void; reject(error: unknown): void } | undefined
  let ended: Error | undefined
  const end = (cause?: unknown): void => {
    ended ??= storeUnavailable('The store has stopped.', cause === undefined ? {} : { cause })
    answer?.reject(ended)
  }
  worker.on('message', (replies: Packed<Reply>) => {
    worker.unref()
    answer?.resolve(unpackReplies(replies))
  })
  worker.on('error', end)
  worker.on('exit', () => end())

  const post = (request: WorkerRequest): void => {
    worker.ref()
    worker.postMessage(request)
  }
  return {
    commit: (jobs) =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) return reject(ended)
        answer = { resolve, reject }
        post({ jobs: packJobs(jobs), now: clock?.() ?? null })
      }),
    async close() {
      if (ended !== undefined) return
      const exited = once(worker, 'exit')
      post({ close: true })
      await exited
    },
  }
}

/** The worker stands beside this file, as source or as its own entry of the build. */
const startWorker = (location: SqliteLocation): Worker => {
  const fromSource = import.meta.url.endsWith('.ts')
  const url = new URL(fromSource ? './sqlite-worker.ts' : './sqlite-worker.js', import.meta.url)
  return new Worker(url, {
    name: 'vendo-store',
    workerData: location,
    // Node 22 announces on stderr that its SQLite is experimental.
    execArgv: [...(fromSource ? ['--conditions=vendo-source'] : []), '--disable-warning=ExperimentalWarning'],
  })
}
