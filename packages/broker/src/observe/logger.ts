import { destination, type Logger, pino } from 'pino'

export type { Logger } from 'pino'

/** What one log line of a proxied call says. An allow-list: no header, no body, no query ever gets here. */
export interface CallLogLine {
  readonly requestId: string
  readonly attemptId?: string
  readonly integration: string
  readonly route?: string
  readonly model?: string | null
  readonly keyId?: string
  readonly status: number
  readonly code?: string | undefined
  readonly state?: string
  readonly reason?: string | null
  readonly chargeNanos?: string
  readonly durationMs: number
}

/** Lines wait for each other up to this many bytes, or this long: a write for each call costs more than the line. */
const gatheredBytes = 8_192
const gatheredMs = 100

/** JSON lines on stdout at the given level, written off the request's path; what is still waiting is written at exit. */
export const createLogger = (level: string): Logger => {
  const out = destination({ fd: process.stdout.fd, sync: false, minLength: gatheredBytes, periodicFlush: gatheredMs })
  return pino({ level, base: null }, out)
}

/** A logger that writes nothing. */
export const silentLogger = (): Logger => pino({ level: 'silent' })
