/** Counts the request bytes that the whole broker holds in memory at one time. */
export interface BodyBudget {
  /** False when there is no room; then nothing was taken. */
  take(bytes: number): boolean
  give(bytes: number): void
}

/** Creates a budget of so many bytes. */
export const createBodyBudget = (mostBytes: number): BodyBudget => {
  let taken = 0
  return {
    take: (bytes) => {
      if (taken + bytes > mostBytes) return false
      taken += bytes
      return true
    },
    give: (bytes) => {
      taken -= bytes
    },
  }
}
