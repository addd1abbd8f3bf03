import { encodeEntry, type OutboxEntry } from './outbox-entry.ts'

/** One entry that waits, and what has been tried. */
export interface Parcel {
  readonly entry: OutboxEntry
  readonly line: string
  /** The fate of its hold is still open: nothing may be applied before it is known. */
  blocked: boolean
  /** On the disk. */
  durable: boolean
  /** On its way to the disk. */
  writing: boolean
  /** How often it failed while the store took others. */
  failures: number
  /** How many others the store had taken when it last failed. */
  takenAtFailure: number | undefined
}

/** Wraps an entry. */
export const createParcel = (entry: OutboxEntry, { blocked, durable }: Pick<Parcel, 'blocked' | 'durable'>): Parcel => {
  const line = encodeEntry(entry)
  const untried = { writing: false, failures: 0, takenAtFailure: undefined }
  return { entry, line, blocked, durable, ...untried }
}
