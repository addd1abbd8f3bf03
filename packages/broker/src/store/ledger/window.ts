import type { EpochMs } from '../records.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

/** A stretch of UTC time that a limit covers: its name in account ids, and when the next one begins. */
export interface Window {
  readonly name: string
  readonly endsAt: EpochMs
}

/** The minute, named by its number since the epoch. */
export const minuteAt = (now: EpochMs): Window => {
  const minute = Math.floor(now / minuteMs)
  return { name: String(minute), endsAt: minuteEnd(minute) }
}

/** When a minute ends, by its number since the epoch. */
export const minuteEnd = (minute: number): EpochMs => (minute + 1) * minuteMs

/** The UTC day, such as `2026-11-20`. */
export const dayAt = (now: EpochMs): Window => {
  const day = Math.floor(now / dayMs)
  return { name: dayName(day), endsAt: (day + 1) * dayMs }
}

/** The UTC month, such as `2026-11`. */
export const monthAt = (now: EpochMs): Window => {
  const date = new Date(now)
  return { name: date.toISOString().slice(0, 7), endsAt: Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) }
}

/** The name of a UTC day by its number since the epoch. */
export const dayName = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10)

/** Milliseconds in a minute. */
export const millisecondsPerMinute = minuteMs

/** Milliseconds in a UTC day. */
export const millisecondsPerDay = dayMs
