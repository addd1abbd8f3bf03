import type { Output } from '../context.ts'

/** An output that may break without anybody noticing. */
export interface OutlastingOutput extends Output {
  /** The code of the first write that failed, such as `EPIPE`; `undefined` while all went well. */
  readonly failure: string | undefined
}

/** The part of a stream of this process that is used here. */
interface StandardStream extends Output {
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown
}

/**
 * Wraps a standard stream so that a reader that has gone, a full disk or a closed terminal neither throws nor ends the
 * process: what cannot be written is dropped.
 *
 * @param open gives the stream, or throws: a terminal that is gone cannot even be opened.
 */
export const outlastOutput = (open: () => StandardStream): OutlastingOutput => {
  let failure: string | undefined
  const fail = (error: unknown): void => {
    failure ??= (error as NodeJS.ErrnoException).code ?? 'unknown'
  }
  let stream: StandardStream | undefined
  try {
    stream = open()
    stream.on('error', fail)
  } catch (error) {
    fail(error)
  }
  return {
    isTTY: stream?.isTTY === true,
    get columns() {
      return stream?.columns
    },
    get failure() {
      return failure
    },
    write: (text) => {
      try {
        return stream?.write(text)
      } catch (error) {
        fail(error)
        return false
      }
    },
  }
}
