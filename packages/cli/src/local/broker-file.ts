import { readFileSync, rmSync } from 'node:fs'
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { writePrivateFile } from './write-private-file.ts'

/** What a running local broker tells other processes of its user. Holds no key. */
export interface BrokerFile {
  readonly url: string
  readonly pid: number
  /** The app whose calls it serves now. */
  readonly appId: string
  readonly simulated: boolean
}

/** Announces a running broker. */
export const writeBrokerFile = (path: string, file: BrokerFile): void =>
  writePrivateFile(path, `${JSON.stringify(file, null, 2)}\n`)

/** Takes the announcement back, unless another process has made its own meanwhile. */
export const removeBrokerFile = (path: string): void => {
  if (readBrokerFile(path)?.pid === process.pid) rmSync(path, { force: true })
}

/** The announcement; `undefined` when there is none, or one that cannot be read. */
export const readBrokerFile = (path: string): BrokerFile | undefined => {
  try {
    const file: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return isBrokerFile(file) ? file : undefined
  } catch {
    // Absent, or left half-made by a crash: either way no broker is announced.
    return undefined
  }
}

const isBrokerFile = (value: unknown): value is BrokerFile => {
  if (typeof value !== 'object' || value === null) return false
  const { url, pid, appId, simulated } = value as Record<string, unknown>
  return (
    typeof url === 'string' &&
    isThisMachine(url) &&
    Number.isInteger(pid) &&
    typeof appId === 'string' &&
    typeof simulated === 'boolean'
  )
}

/** A folder may have come from a stranger, so what it announces must not lead prompts to another machine. */
const isThisMachine = (url: string): boolean => {
  if (!URL.canParse(url)) return false
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '')
  if (host === 'localhost' || host === '0.0.0.0' || host === '::' || host === '::1') return true
  if (isIP(host) === 4 && host.startsWith('127.')) return true
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === host))
}
