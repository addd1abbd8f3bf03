import { constants, openSync, write, writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import type { LogDestination } from './logger.ts'

/** A destination that outlives whatever it writes to. */
export interface LogWriter extends LogDestination {
  /** Lines that could not be written, since the start. */
  dropped(): number
  /** Writes what waits, for so long at most. For the end of a process. */
  flushSync(withinMs: number): void
}

/** The system calls of a {@link LogWriter}. */
export interface LogSystem {
  readonly write: (
    fd: number,
    bytes: Buffer,
    done: (error: NodeJS.ErrnoException | null, written: number) => void,
  ) => void
  readonly writeSync: (fd: number, bytes: Buffer) => number
}

const system: LogSystem = {
  write: (fd, bytes, done) => write(fd, bytes, 0, bytes.length, null, done),
  writeSync: (fd, bytes) => writeSync(fd, bytes),
}

/** Lines wait for each other up to this many bytes, or this long: a write for each call costs more than the line. */
const gatheredBytes = 8_192
const gatheredMs = 100
/** A reader that does not read, and a destination that refuses, are tried again after this long. */
const fullMs = 100
const brokenMs = 1_000
/** What waits for a reader that does not read. */
const maxWaitingBytes = 4 * 1024 * 1024
const newline = 10

/**
 * Creates a destination of log lines that never throws, never ends the process and never keeps it alive: a line that
 * cannot be written (a reader that has gone, a full disk, a closed terminal) or that finds 4 MiB waiting is dropped and
 * counted, and a line in the log says how many as soon as one can be written again.
 */
export const createLogWriter = (fd: number, calls: LogSystem = system): LogWriter => new FileLogWriter(fd, calls)

class FileLogWriter implements LogWriter {
  readonly #fd: number
  readonly #calls: LogSystem
  #waiting: Buffer[] = []
  #waitingBytes = 0
  /** What the system has been given; empty when no write is under way. */
  #chunk: Buffer = empty
  #underWay = false
  #timer: NodeJS.Timeout | undefined
  #resting = false
  #dropped = 0
  #reported = 0
  /** A line was cut in the middle, so that the next one needs a new line. */
  #cut = false
  /** Lines that the remark in front of the chunk tells of; 0 when there is none, or when it was written. */
  #remarked = 0

  constructor(fd: number, calls: LogSystem) {
    this.#fd = fd
    this.#calls = calls
  }

  write(line: string): void {
    const bytes = Buffer.from(line)
    if (this.#waitingBytes + this.#chunk.length + bytes.length > maxWaitingBytes) {
      this.#dropped++
      return
    }
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
    if (this.#underWay || this.#resting) return
    if (this.#waitingBytes >= gatheredBytes) this.#start()
    else this.#after(gatheredMs)
  }

  dropped(): number {
    return this.#dropped
  }

  flushSync(withinMs: number): void {
    // A write that is under way ends by itself, or hangs where this one would hang, too.
    if (this.#underWay) this.#chunk = empty
    const deadline = performance.now() + withinMs
    while (this.#take()) {
      try {
        this.#advance(this.#calls.writeSync(this.#fd, this.#chunk))
      } catch (error) {
        if (!isFull(error) || performance.now() >= deadline) {
          this.#drop()
          return
        }
        Atomics.wait(sleeper, 0, 0, 10)
      }
    }
  }

  #after(ms: number): void {
    if (this.#timer !== undefined) return
    const timer = setTimeout(() => {
      this.#timer = undefined
      this.#resting = false
      this.#start()
    }, ms)
    timer.unref()
    this.#timer = timer
  }

  #rest(ms: number): void {
    this.#resting = true
    this.#after(ms)
  }

  #start(): void {
    if (this.#underWay || !this.#take()) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#underWay = true
    try {
      this.#calls.write(this.#fd, this.#chunk, (error, written) => this.#wrote(error, written))
    } catch (error) {
      this.#wrote(error as NodeJS.ErrnoException, 0)
    }
  }

  #wrote(error: NodeJS.ErrnoException | null, written: number): void {
    this.#underWay = false
    if (error !== null && !isFull(error)) {
      this.#drop()
      this.#rest(brokenMs)
      return
    }
    if (error === null) this.#advance(written)
    if (error !== null || written === 0) this.#rest(fullMs)
    else if (this.#chunk.length > 0 || this.#waitingBytes >= gatheredBytes) this.#start()
    else if (this.#waitingBytes > 0) this.#after(gatheredMs)
  }

  #advance(written: number): void {
    if (written > 0) {
      this.#remarked = 0
      this.#cut = this.#chunk[written - 1] !== newline
    }
    this.#chunk = this.#chunk.subarray(written)
  }

  /** Puts together what is to be written next; false when there is nothing. */
  #take(): boolean {
    if (this.#chunk.length > 0) return true
    if (this.#waitingBytes === 0) return false
    this.#chunk = Buffer.concat([...this.#remarks(), ...this.#waiting])
    this.#waiting = []
    this.#waitingBytes = 0
    return true
  }

  #remarks(): Buffer[] {
    const lost = this.#dropped - this.#reported
    const start = this.#cut ? '\n' : ''
    this.#cut = false
    this.#reported = this.#dropped
    this.#remarked = lost
    if (lost === 0) return start === '' ? [] : [Buffer.from(start)]
    return [Buffer.from(`${start}{"level":40,"time":${Date.now()},"dropped":${lost},"msg":"log lines dropped"}\n`)]
  }

  /** Gives up what the system did not take. */
  #drop(): void {
    // A chunk may begin with the end of a line that was cut, and with a remark: neither is a line of the caller's.
    let lines = (this.#chunk[0] === newline ? -1 : 0) - (this.#remarked > 0 ? 1 : 0)
    for (let at = this.#chunk.indexOf(newline); at !== -1; at = this.#chunk.indexOf(newline, at + 1)) lines++
    this.#dropped += lines
    // It is made again.
    this.#reported -= this.#remarked
    this.#remarked = 0
    this.#cut ||= this.#chunk[0] === newline
    this.#chunk = empty
  }
}

const empty = Buffer.alloc(0)
const sleeper = new Int32Array(new SharedArrayBuffer(4))

const isFull = (error: unknown): boolean =>
  ['EAGAIN', 'EBUSY', 'EINTR'].includes((error as NodeJS.ErrnoException | null)?.code ?? '')

/**
 * Standard output, so that writing to it never stops a thread. Pipes and sockets are that way already; a terminal that is
 * paused (Ctrl-S) would hold the thread that writes, and with it the end of the process.
 */
export const openStandardOutput = (): number => {
  if (process.platform === 'win32' || !isatty(1)) return 1
  try {
    return openSync('/proc/self/fd/1', constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch {
    // No /proc, or a terminal that this user may not open again.
    return 1
  }
}
