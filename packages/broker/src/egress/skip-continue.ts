import type { Socket } from 'node:net'
import type { buildConnector } from 'undici'

/**
 * A connector whose connections hide every `100 Continue`. RFC 9110, section 15.2, lets a server send one that nobody
 * asked for; undici gives the call up when it does. The other informational answers pass: undici knows them.
 */
export const skipContinue =
  (connect: buildConnector.connector): buildConnector.connector =>
  (options, callback) =>
    connect(options, (...result) => {
      if (result[0] === null) hideContinue(result[1])
      callback(...result)
    })

/** undici writes each request's head as one text, and reads when it is told that there is something to read. */
const hideContinue = (socket: Socket): void => {
  const filter = createContinueFilter()
  const { read, write } = socket
  socket.write = (...given: unknown[]) => {
    if (typeof given[0] === 'string' && !given[0].startsWith('\r\n')) filter.requestSent()
    return Reflect.apply(write, socket, given)
  }
  socket.read = (size) => {
    const bytes: Buffer | null = read.call(socket, size)
    return bytes === null ? null : filter.push(bytes)
  }
}

/** Takes `100 Continue` out of the bytes of one connection. */
export interface ContinueFilter {
  /** From now on, until a final answer begins, there may be one. */
  requestSent(): void
  /** What is left of the bytes, and of those held back before; null while all of it may belong to a head to be hidden. */
  push(bytes: Buffer): Buffer | null
}

/** Where the first digit of the status is, after `HTTP/1.1 `. */
const classAt = 9
const headStart = 12
/** As much as undici takes of a head. */
const mostHeldBytes = 16_384
const one = '1'.charCodeAt(0)
const capitalH = 'H'.charCodeAt(0)

/** Creates the filter of one connection. */
export const createContinueFilter = (): ContinueFilter => {
  let awaiting = false
  let held: Buffer | undefined
  return {
    requestSent: () => {
      awaiting = true
      held = undefined
    },
    push: (bytes) => {
      if (!awaiting) return bytes
      const { passed, rest, final } = skipHeads(held === undefined ? bytes : Buffer.concat([held, bytes]))
      awaiting = !final
      held = final || rest.length === 0 ? undefined : rest
      if (final) passed.push(rest)
      if (passed.length < 2) return passed[0] ?? null
      return Buffer.concat(passed)
    },
  }
}

interface Skipped {
  /** Informational heads that are not hidden. */
  readonly passed: Buffer[]
  /** What follows them. */
  readonly rest: Buffer
  /** `rest` begins a final answer; else it is the incomplete beginning of one more head. */
  readonly final: boolean
}

const skipHeads = (bytes: Buffer): Skipped => {
  const passed: Buffer[] = []
  let rest = bytes
  for (;;) {
    if (rest.length < headStart) return { passed, rest, final: rest.length > 0 && rest[0] !== capitalH }
    if (rest[classAt] !== one || rest[0] !== capitalH) return { passed, rest, final: true }
    const status = rest.toString('latin1', classAt, headStart)
    const end = rest.indexOf('\r\n\r\n')
    if (status === '101' || (end < 0 && rest.length > mostHeldBytes)) return { passed, rest, final: true }
    if (end < 0) return { passed, rest, final: false }
    if (status !== '100') passed.push(rest.subarray(0, end + 4))
    rest = rest.subarray(end + 4)
  }
}
