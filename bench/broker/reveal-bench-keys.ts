import type { mintKey } from '@vendo/broker'

/** The keys as the load generator sends them. They open nothing but a store that is removed with the run. */
export const revealBenchKeys = (minted: readonly ReturnType<typeof mintKey>[]): readonly string[] =>
  minted.map(({ key }) => key.reveal())
