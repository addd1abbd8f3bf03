/** What `node --cpu-prof` writes. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly samples: readonly number[]
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[]
}

/** The time a function itself took, callees aside. */
export interface SelfTime {
  readonly name: string
  readonly millis: number
  /** Of the busy time. */
  readonly share: number
}

/** Not work: the profiler's names for waiting. */
const waiting = new Set(['(idle)', '(program)'])

/** Adds a profile up by function, most expensive first. Time in the kernel counts for the function that went there. */
export const selfTimes = ({ nodes, samples, timeDeltas }: CpuProfile) => {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const micros = new Map<string, number>()
  for (const [index, id] of samples.entries()) {
    const name = names.get(id) ?? '(unknown)'
    micros.set(name, (micros.get(name) ?? 0) + Math.max(0, timeDeltas[index] ?? 0))
  }
  const busy = [...micros].filter(([name]) => !waiting.has(name))
  const total = busy.reduce((sum, [, time]) => sum + time, 0)
  const rows: readonly SelfTime[] = busy
    .map(([name, time]) => ({ name, millis: time / 1000, share: time / total }))
    .sort((left, right) => right.millis - left.millis)
  return { busyMillis: total / 1000, rows }
}

const nameOf = ({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string => {
  const place = url.replace(/^file:\/\//, '').replace(/^.*\/(packages|node_modules)\//, '$1/')
  const name = functionName === '' ? '(anonymous)' : functionName
  return place === '' ? name : `${name} ${place}:${lineNumber + 1}`
}
