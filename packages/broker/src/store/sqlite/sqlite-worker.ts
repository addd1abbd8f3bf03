import { parentPort, workerData } from 'node:worker_threads'
import type { Job } from '../group-commit-store.ts'
import type { EpochMs } from '../records.ts'
import { storeErrorData } from '../store-error.ts'
import { type Packed, packReplies, unpackJobs } from './batch-text.ts'
import { openReadSession } from './read-session.ts'
import { openSqliteSession, type SqliteLocation } from './sqlite-session.ts'

/** What the main thread sends: jobs to commit, or the wish to close. `now` is null when the worker's own clock counts. */
export type WorkerRequest = { readonly jobs: Packed<Job>; readonly now: EpochMs | null } | { readonly close: true }

const port = parentPort
if (port === null) throw new TypeError('sqlite-worker runs only as a worker thread')

try {
  const location = workerData as SqliteLocation
  const session = location.access === 'read' ? openReadSession(location.path) : await openSqliteSession(location)
  port.on('message', async (request: WorkerRequest) => {
    if ('close' in request) {
      session.close()
      port.close()
      return
    }
    const { now } = request
    const jobs = unpackJobs(request.jobs)
    port.postMessage(packReplies(jobs, await session.commit(jobs, now === null ? Date.now : () => now)))
  })
  port.postMessage(null)
} catch (error) {
  port.postMessage(storeErrorData(error))
}
