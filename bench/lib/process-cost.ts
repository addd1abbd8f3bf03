import { readdirSync, readFileSync } from 'node:fs'
import { parseThread } from './thread-costs.ts'

/** What a process and its children cost so far. */
export interface ProcessCost {
  /** User and system time since they started, in microseconds; the kernel counts in steps of 10 ms. */
  readonly cpuMicros: number
  /** Memory in use now. */
  readonly residentBytes: number
}

/** Adds up a process and its descendants that live now. */
export const readProcessCost = (root: number): ProcessCost => {
  let [cpuMicros, residentBytes] = [0, 0]
  for (const id of familyOf(root)) {
    cpuMicros += parseCpuMicros(readFileSync(`/proc/${id}/stat`, 'utf8'))
    residentBytes += parseResidentBytes(readFileSync(`/proc/${id}/status`, 'utf8'))
  }
  return { cpuMicros, residentBytes }
}

const familyOf = (root: number): readonly number[] => [
  root,
  ...readdirSync(`/proc/${root}/task`).flatMap((thread) =>
    readFileSync(`/proc/${root}/task/${thread}/children`, 'utf8')
      .split(' ')
      .filter((id) => id.trim() !== '')
      .flatMap((id) => familyOf(Number(id))),
  ),
]

/** `utime + stime` of a line of /proc/PID/stat, in microseconds. The name in it may hold spaces and brackets. */
export const parseCpuMicros = (stat: string): number => {
  const { user, system } = parseThread(stat)
  return user + system
}

/** `VmRSS` of /proc/PID/status, in bytes; 0 for a process that has ended. */
export const parseResidentBytes = (status: string): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024

/** The most memory a process uses while `work` runs, looked at every `everyMs`. */
export const mostResidentBytes = async (root: number, work: () => Promise<unknown>, everyMs = 50): Promise<number> => {
  let most = readProcessCost(root).residentBytes
  const look = setInterval(() => {
    most = Math.max(most, readProcessCost(root).residentBytes)
  }, everyMs)
  try {
    await work()
    return Math.max(most, readProcessCost(root).residentBytes)
  } finally {
    clearInterval(look)
  }
}
