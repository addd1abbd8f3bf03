import { readdirSync, readFileSync } from 'node:fs'

/** CPU time of one kind of thread so far, in microseconds. */
export interface ThreadCost {
  readonly user: number
  readonly system: number
}

/** USER_HZ: fixed for every Linux architecture that Node runs on. */
const ticksPerSecond = 100

/** The CPU time of a process by the names of its threads; those of one name are added up. */
export const readThreadCosts = (processId: number): ReadonlyMap<string, ThreadCost> => {
  const costs = new Map<string, ThreadCost>()
  for (const thread of readdirSync(`/proc/${processId}/task`)) {
    const { name, user, system } = parseThread(readFileSync(`/proc/${processId}/task/${thread}/stat`, 'utf8'))
    const kind = thread === String(processId) ? 'main' : name
    const known = costs.get(kind) ?? { user: 0, system: 0 }
    costs.set(kind, { user: known.user + user, system: known.system + system })
  }
  return costs
}

/** A line of /proc/PID/task/TID/stat or /proc/PID/stat. The name in it may hold spaces and brackets. */
export const parseThread = (stat: string): ThreadCost & { readonly name: string } => {
  const end = stat.lastIndexOf(')')
  const fields = stat.slice(end + 2).split(' ')
  const micros = (field: number): number => (Number(fields[field]) * 1_000_000) / ticksPerSecond
  return { name: stat.slice(stat.indexOf('(') + 1, end), user: micros(11), system: micros(12) }
}

/** What each kind of thread took between two readings. */
export const threadCostsBetween = (
  before: ReadonlyMap<string, ThreadCost>,
  after: ReadonlyMap<string, ThreadCost>,
): ReadonlyMap<string, ThreadCost> =>
  new Map(
    [...after].map(([name, { user, system }]) => {
      const earlier = before.get(name) ?? { user: 0, system: 0 }
      return [name, { user: user - earlier.user, system: system - earlier.system }]
    }),
  )
