import { commands, type StoreCommand } from './commands.ts'
import type { Store } from './store.ts'
import { type StoreErrorData, storeErrorOf, storeUnavailable } from './store-error.ts'

/** One call of a store method, as data. */
export interface Job {
  readonly name: StoreCommand
  readonly parameters: readonly unknown[]
}

/** How one {@link Job} ended. */
export type Reply =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: StoreErrorData }

/** Something that runs many jobs in one transaction. */
export interface Committer {
  /** Resolves to one reply per job, in order, after the commit. Called again only when the call before has ended. */
  commit(jobs: readonly Job[]): Promise<readonly Reply[]>
  /** Releases the database. Called once, last. */
  close(): Promise<void>
}

interface Waiting {
  readonly job: Job
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** Bounds how long one commit can make the next caller wait. */
const maxBatch = 512

/**
 * How many turns of the event loop a batch that is smaller than the one before waits for the callers that the one before has
 * let go. Idle turns take microseconds, busy ones bring what they wait for: groups become half as large again.
 */
const mostTurns = 4

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/**
 * A store that commits in groups: everything that is asked for while one commit runs goes into the next one, so that
 * many callers share the price of one flush to disk. For a database that belongs to this process alone.
 */
export const createGroupCommitStore = (committer: Committer): Store => {
  const waiting: Waiting[] = []
  let draining: Promise<void> | undefined
  let closed: Promise<void> | undefined

  const drain = async (): Promise<void> => {
    let last = 0
    while (waiting.length > 0) {
      for (let turn = 0; turn < mostTurns && waiting.length < last; turn++) await nextTurn()
      const batch = waiting.splice(0, maxBatch)
      // Of a full batch others were left waiting, for longer than one commit already.
      last = batch.length < maxBatch ? batch.length : 0
      await commitBatch(committer, batch)
    }
    draining = undefined
  }
  const execute = (name: StoreCommand, parameters: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (closed !== undefined) return reject(storeUnavailable('The store is closed.'))
      waiting.push({ job: { name, parameters }, resolve, reject })
      // Started after what else came in this turn of the event loop, so that all of it is committed together.
      draining ??= nextTurn().then(drain)
    })
  const close = (): Promise<void> => {
    closed ??= (async () => {
      await draining
      await committer.close()
    })()
    return closed
  }
  const methods = Object.keys(commands).map((name) => [
    name,
    (...parameters: readonly unknown[]) => execute(name as StoreCommand, parameters),
  ])
  // The table of commands has exactly a store's methods, which the compiler checks where it is written.
  return { ...(Object.fromEntries(methods) as Omit<Store, 'close' | 'exclusive'>), exclusive: true, close }
}

const commitBatch = async (committer: Committer, batch: readonly Waiting[]): Promise<void> => {
  try {
    const replies = await committer.commit(batch.map(({ job }) => job))
    let index = 0
    for (const { resolve, reject } of batch) {
      const reply = replies[index++]
      if (reply?.ok) resolve(reply.value)
      else reject(reply === undefined ? storeUnavailable('The store gave no answer.') : storeErrorOf(reply.error))
    }
  } catch (error) {
    for (const { reject } of batch) reject(error)
  }
}
