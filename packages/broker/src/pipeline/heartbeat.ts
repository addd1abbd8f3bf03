/** Tells when nothing has been forwarded for a while. */
export interface Heartbeat {
  /** Something was forwarded: the wait starts again. */
  touch(): void
  stop(): void
}

/** A comment line: every reader of event streams skips it. */
export const heartbeatBytes: Uint8Array = Buffer.from(':\n\n')

/** Calls `beat` each time that `everyMs` passed without a touch. */
export const createHeartbeat = (everyMs: number, beat: () => void): Heartbeat => {
  const timer = setInterval(beat, everyMs)
  timer.unref()
  return { touch: () => void timer.refresh(), stop: () => clearInterval(timer) }
}
