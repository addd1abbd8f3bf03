import type { Job } from '../group-commit-store.ts'
import { lockDirectory } from './advisory-locks.ts'
import { createLane, type Lane } from './lane.ts'
import { type CommandRunner, replyOf } from './run-command.ts'

/**
 * Writes who may use what, one after the other over all processes: such writes are rare, and the order of some counts.
 */
export const createDirectoryWrites = (runCommand: CommandRunner, patienceMs: number): Lane<Job> =>
  createLane<Job>({
    joins: () => false,
    patienceMs,
    run: async ([job]) =>
      job === undefined ? [] : [await replyOf(runCommand(job, { begin: `BEGIN; ${lockDirectory}`, patienceMs }))],
  })
