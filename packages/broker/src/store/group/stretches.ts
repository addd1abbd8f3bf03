import type { Job } from '../group-commit-store.ts'
import type { WritableSettlement } from '../ledger/ledger-row.ts'
import type { HoldRequest } from '../records.ts'
import type { GroupJob } from './group-job.ts'

/** Jobs that follow one another: holds and settlements that can be decided together, or one job of another kind. */
export type Stretch = { readonly group: readonly GroupJob[] } | { readonly job: Job }

/** Splits a batch, keeping its order. */
export const stretchesOf = (jobs: readonly Job[]): readonly Stretch[] => {
  const stretches: Stretch[] = []
  let group: GroupJob[] | undefined
  for (const job of jobs) {
    const joined = asGroupJob(job)
    if (joined === undefined) {
      group = undefined
      stretches.push({ job })
    } else if (group === undefined) {
      group = [joined]
      stretches.push({ group })
    } else {
      group.push(joined)
    }
  }
  return stretches
}

const asGroupJob = ({ name, parameters }: Job): GroupJob | undefined => {
  if (name === 'hold') return { name, request: parameters[0] as HoldRequest }
  return name === 'settle' ? { name, settlement: parameters[0] as WritableSettlement } : undefined
}
