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
  const out = destination({
    fd: process.stdout.fd,
    sync: false,
    minLength: gatheredBytes,
    periodicFlush: gatheredMs,
    // As text it would count the bytes of all that waits with every line.
    contentMode: 'buffer',
  })
  // What the typings do not know yet: in this mode it takes bytes.
  const takesBytes = out as unknown as { write(bytes: Buffer): boolean }
  return createLoggerTo({ write: (line) => void takesBytes.write(Buffer.from(line)) }, level)
}

/** Takes whole lines. */
export interface LogDestination {
  write(line: string): void
}

/** The same lines to anywhere. */
export const createLoggerTo = (out: LogDestination, level: string): Logger => {
  const logger = pino({ level, base: null }, out)
  destinations.set(logger, out)
  return logger
}

const destinations = new WeakMap<Logger, LogDestination>()

/**
 * Logs the line of a call. pino puts a line together from some forty strings; those that come with every call are made at
 * once, and look the same. Loggers from elsewhere may have settings of their own, and write it themselves.
 */
export const logCallLine = (logger: Logger, line: CallLogLine, message: 'call' | 'refused'): void => {
  const out = destinations.get(logger)
  if (out === undefined) logger.info(line, message)
  else if (logger.isLevelEnabled('info')) out.write(textOf(line, message))
}

const textOf = (line: CallLogLine, message: string): string =>
  `{"level":30,"time":${Date.now()},${JSON.stringify(line).slice(1, -1)},"msg":"${message}"}\n`

/** A logger that writes nothing. */
export const silentLogger = (): Logger => pino({ level: 'silent' })
