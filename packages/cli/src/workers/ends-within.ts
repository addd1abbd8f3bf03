/** How long after the grace of running calls the settlements, the outbox and the store have to finish. */
export const settleMs = 10_000

/** Waits for an end, but not for longer than this many ms; false when it did not come in time. */
export const endsWithin = async (end: Promise<void>, mostMs: number): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), mostMs)
  })
  try {
    return await Promise.race([end.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}
