import type { Reply } from '../group-commit-store.ts'
import { storeErrorOf, storeUnavailable } from '../store-error.ts'

/** A queue in front of a database: what waits while one group runs goes into the next, in the order of asking. */
export interface Lane<Job> {
  /** Rejects with `store_unavailable` when there is no answer in time; a job that still waited then is never run. */
  ask(job: Job): Promise<unknown>
  /** Refuses new jobs and resolves when those already asked have ended. */
  close(): Promise<void>
}

/** Options of {@link createLane}. */
export interface LaneOptions<Job> {
  /** Resolves to one reply per job, in order. */
  readonly run: (jobs: readonly Job[]) => Promise<readonly Reply[]>
  /** Whether a job may share a group with others like it; every other one runs alone. */
  readonly joins: (job: Job) => boolean
  /** The most that an answer may take, in ms. */
  readonly patienceMs: number
}

interface Waiting<Job> {
  readonly job: Job
  readonly answer: (reply: Reply | undefined) => void
  /** Its time was over before its turn came. */
  expired: boolean
}

/** Bounds how long one group can make the next caller wait. */
const mostJobs = 512

/** Creates an empty lane. */
export const createLane = <Job>({ run, joins, patienceMs }: LaneOptions<Job>): Lane<Job> => {
  const waiting: Waiting<Job>[] = []
  let draining: Promise<void> | undefined
  let closed = false

  const nextGroup = (): readonly Waiting<Job>[] => {
    const alone = waiting.findIndex(({ job }, index) => index === mostJobs || !joins(job))
    return waiting.splice(0, alone === -1 ? waiting.length : Math.max(1, alone))
  }
  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = nextGroup().filter(({ expired }) => !expired)
      if (group.length === 0) continue
      const replies = await run(group.map(({ job }) => job)).catch(() => [])
      for (const [index, { answer }] of group.entries()) answer(replies[index])
    }
    draining = undefined
  }
  const ask = (job: Job): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (closed) return reject(storeUnavailable('The store is closed.'))
      const entry: Waiting<Job> = {
        job,
        expired: false,
        answer: (reply) => {
          clearTimeout(timer)
          if (reply?.ok) resolve(reply.value)
          else reject(reply === undefined ? storeUnavailable('The store gave no answer.') : storeErrorOf(reply.error))
        },
      }
      const giveUp = () => {
        entry.expired = true
        entry.answer(undefined)
      }
      // After a stall of this process the answer may wait unread behind the timer, so it gets one more turn.
      const timer = setTimeout(() => setImmediate(giveUp), patienceMs)
      waiting.push(entry)
      // Started in a microtask, so that what is asked together runs together.
      draining ??= Promise.resolve().then(drain)
    })
  const close = async (): Promise<void> => {
    closed = true
    await draining
  }
  return { ask, close }
}
