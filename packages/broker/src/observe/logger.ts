import { type Logger, pino } from 'pino'
import { createLogWriter, openStandardOutput } from './log-writer.ts'

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

/** At exit a reader that is slow gets this long for what still waits. */
const exitMs = 1_000

/**
 * JSON lines on stdout at the given level, written off the request's path. What still waits at exit is written then.
 * Lines that stdout does not take are dropped and counted (`countDroppedLines`); they never end the process or hold it up.
 */
export const createLogger = (level: string): Logger => {
  // Node puts the pipe or the socket of its own stream into the mode in which a full one refuses instead of waiting.
  openedStream()
  const out = createLogWriter(openStandardOutput())
  process.once('exit', () => out.flushSync(exitMs))
  return createLoggerTo(out, level)
}

const openedStream = (): void => {
  try {
    // Whatever else writes there may fail, and must not end the process either.
    process.stdout.on('error', () => undefined)
  } catch {
    // A terminal that is gone cannot be opened as one. Lines to it are dropped.
  }
}

/** Takes whole lines. */
export interface LogDestination {
  write(line: string): void
  /** How many lines it could not write, where it counts them. */
  dropped?(): number
}

/** The same lines to anywhere. */
export const createLoggerTo = (out: LogDestination, level: string): Logger => {
  const logger = pino({ level, base: null }, out)
  destinations.set(logger, out)
  return logger
}

const destinations = new WeakMap<Logger, LogDestination>()

/** How many lines of a logger were lost since the start; 0 for loggers from elsewhere. */
export const countDroppedLines = (logger: Logger): number => destinations.get(logger)?.dropped?.() ?? 0

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
