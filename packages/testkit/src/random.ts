/** A source of numbers in [0, 1) that is the same on every run. */
export type Random = () => number

/** A small seeded generator (mulberry32). For tests: not for anything that must be unpredictable. */
export const createRandom = (seed: number): Random => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The same seed for the same text, spread over 32 bits (FNV-1a), so that each fixture gets its own random cuts. */
export const seedFrom = (text: string): number => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}
