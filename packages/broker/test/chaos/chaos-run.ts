import { createRandom, type Random } from '@vendo/testkit'

/** The dice of one test, and the words in which it says what it tried. */
export interface ChaosRun {
  readonly random: Random
  /** A whole number from 0 up to and without `end`. */
  below(end: number): number
  pick<T>(from: readonly T[]): T
  /** Prints one line, with the seed that repeats the run. */
  report(what: string): void
}

/** Throws the same dice for the same seed: `VENDO_CHAOS_SEED`, else one of the clock. */
export const startChaosRun = (): ChaosRun => {
  const seed = Number(process.env['VENDO_CHAOS_SEED'] ?? Date.now() % 1_000_000)
  const random = createRandom(seed)
  const below = (end: number) => Math.floor(random() * end)
  return {
    random,
    below,
    pick: (from) => from[below(from.length)]!,
    report: (what) => void process.stdout.write(`chaos: ${what} (VENDO_CHAOS_SEED=${seed})\n`),
  }
}
