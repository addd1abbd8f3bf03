const firstMs = 100
const mostMs = 10_000

/** How long to wait before a worker is started again, in ms: 100, 200, 400 … 10,000 after so many quick ends in a row. */
export const restartDelayMs = (quickEnds: number): number =>
  Math.min(mostMs, firstMs * 2 ** Math.max(0, Math.min(quickEnds, 30) - 1))

/** A worker that lived this long, in ms, does not count as a quick end. */
export const steadyMs = 30_000
