/** An answer that was not a success, as far as a retry is concerned. */
export interface FailedAnswer {
  readonly status: number
  readonly headers: Headers
}

const firstBackoffMs = 300

/** The seconds that `Retry-After` asks for, given as a number or a date; `undefined` when absent or unreadable. */
export const readRetryAfter = (headers: Headers, nowMs: number): number | undefined => {
  const text = headers.get('retry-after')?.trim()
  if (text === undefined || text === '') return undefined
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text)
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - nowMs) / 1000))
}

/**
 * Milliseconds to wait before the next attempt, or `undefined` when it cannot help.
 *
 * @param failed the answer, or `undefined` when the connection failed.
 * @param attempt 1 for the first retry.
 */
export const retryDelayMs = (failed: FailedAnswer | undefined, attempt: number, nowMs: number): number | undefined => {
  // Spread between half and the whole, so that many clients do not come back at one moment.
  const backoffMs = firstBackoffMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2)
  if (failed === undefined) return backoffMs
  if (failed.headers.get('x-should-retry') === 'false') return undefined
  const asked = readRetryAfter(failed.headers, nowMs)
  if (failed.status < 500 && !(failed.status === 429 && asked !== undefined)) return undefined
  return asked === undefined ? backoffMs : asked * 1000
}
