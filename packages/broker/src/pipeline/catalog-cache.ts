import type { KeptAnswer } from './buffered-answer.ts'

/** Whole answers of free catalog routes, kept for a short time for every caller of the same connection. */
export interface CatalogCache {
  get(name: string): KeptAnswer | undefined
  put(name: string, answer: KeptAnswer, seconds: number): void
}

const mostEntries = 200

/** Creates the cache; the oldest answer leaves when it is full. */
export const createCatalogCache = (clock: () => number): CatalogCache => {
  const entries = new Map<string, { readonly answer: KeptAnswer; readonly expiresAt: number }>()
  return {
    get: (name) => {
      const entry = entries.get(name)
      if (entry === undefined || entry.expiresAt > clock()) return entry?.answer
      entries.delete(name)
      return undefined
    },
    put: (name, answer, seconds) => {
      const oldest = entries.size >= mostEntries ? entries.keys().next().value : undefined
      if (oldest !== undefined) entries.delete(oldest)
      entries.set(name, { answer, expiresAt: clock() + seconds * 1_000 })
    },
  }
}
