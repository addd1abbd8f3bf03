// Numbers that no other program on the same database is likely to use: "vendo" in ASCII, and one more digit each.
const prefix = 0x76656e646fn * 16n

/** One process at a time changes the schema. */
export const lockSchema = `SELECT pg_advisory_xact_lock(${prefix})`

/** One process at a time writes to the directory, where the order of small tables is counted. */
export const lockDirectory = `SELECT pg_advisory_xact_lock(${prefix + 1n})`

/** Held by every transaction that may add a hold or a ledger row; any number at once. */
export const joinLedger = `SELECT pg_advisory_xact_lock_shared(${prefix + 2n})`

/** Waits until every transaction that {@link joinLedger | joined} has ended: afterwards, what is not there never comes. */
export const waitForLedger = `SELECT pg_advisory_xact_lock(${prefix + 2n})`
