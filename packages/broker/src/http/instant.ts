import type { EpochMs } from '../store/records.ts'

/** An instant as the API writes it: ISO 8601 in UTC. */
export const instantOf = (at: EpochMs): string => new Date(at).toISOString()

/** The same for an instant that may not have come. */
export const instantOrNull = (at: EpochMs | null): string | null => (at === null ? null : instantOf(at))
