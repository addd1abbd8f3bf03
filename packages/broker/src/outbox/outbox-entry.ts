import type { CallRecord, EpochMs, Settlement } from '../store/records.ts'

/** Whose call a settlement is about: what the settlement itself does not say. */
export type CallSubject = Pick<CallRecord, 'requestId' | 'tenantId' | 'keyId' | 'appId' | 'integration' | 'model'>

/** One settlement on its way into the store. */
export interface OutboxEntry {
  /** `release` gives back a hold of which nobody knows whether it was committed. */
  readonly kind: 'terminal' | 'correction' | 'release'
  readonly settlement: Settlement
  readonly subject: CallSubject
  readonly decidedAt: EpochMs
}

/** Of the format of a line. */
export const entryVersion = 1

/** The entry as one line of JSON, its amounts as decimal strings. */
export const encodeEntry = (entry: OutboxEntry): string =>
  JSON.stringify({ version: entryVersion, ...entry }, (_name, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  )
