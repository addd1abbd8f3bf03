import { createGroupCommitStore } from '../group-commit-store.ts'
import type { EpochMs } from '../records.ts'
import type { Store } from '../store.ts'
import { openWorkerCommitter } from './worker-committer.ts'

/**
 * The same store, whose long reads run in a thread of their own, started by the first of them: adding up a million calls takes
 * seconds, in which no hold could be made where they are written. A report sees everything that was asked for before it.
 */
export const reportBeside = (store: Store, path: string, clock: (() => EpochMs) | undefined): Store => {
  let opened: Promise<Store> | undefined
  const reports = (): Promise<Store> => {
    opened ??= openWorkerCommitter({ path, lock: false, access: 'read' }, clock).then(createGroupCommitStore)
    return opened
  }
  const read = async <T>(ask: (store: Store) => Promise<T>): Promise<T> => {
    const asked = await reports().catch((error: unknown) => {
      opened = undefined
      throw error
    })
    // Whatever was asked of the store before is then in it.
    await store.ping()
    return ask(asked)
  }
  return {
    ...store,
    listCalls: (query) => read((beside) => beside.listCalls(query)),
    summarizeUsage: (query) => read((beside) => beside.summarizeUsage(query)),
    verify: () => read((beside) => beside.verify()),
    close: async () => {
      const closed = store.close()
      const beside = await opened?.catch(() => undefined)
      await Promise.all([closed, beside?.close()])
    },
  }
}
