import { createVendoError } from '@vendo/contract'

/** One budget of time that a whole call shares, its retries and the reading of its body included. */
export interface Deadline {
  /** Aborts, with a `timeout` error as its reason, when the budget is spent. */
  readonly signal: AbortSignal
  /** Milliseconds left; never negative. */
  readonly remainingMs: () => number
}

/**
 * Runs work within a budget. The work is raced, not only signalled: a `fetch` that ignores its signal cannot hold the caller.
 *
 * @throws `timeout` when the budget is spent first.
 */
export const withinDeadline = async <T>(timeoutMs: number, work: (deadline: Deadline) => Promise<T>): Promise<T> => {
  const controller = new AbortController()
  const endsAt = Date.now() + timeoutMs
  let timer: ReturnType<typeof setTimeout> | undefined
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const reason = createVendoError(`The Vendo API did not answer within ${timeoutMs} ms.`, { code: 'timeout' })
      // Before the abort, so that this error wins over whatever the interrupted fetch makes of it.
      reject(reason)
      controller.abort(reason)
    }, timeoutMs)
  })
  try {
    const remainingMs = () => Math.max(0, endsAt - Date.now())
    return await Promise.race([work({ signal: controller.signal, remainingMs }), expired])
  } finally {
    clearTimeout(timer)
  }
}
