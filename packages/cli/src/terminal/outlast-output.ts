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
export const outlastOutput = (open: () => StandardStream): OutlastingOutput => new BreakableOutput(open)

class BreakableOutput implements OutlastingOutput {
  #stream: StandardStream | undefined
  #failure: string | undefined

  constructor(open: () => StandardStream) {
    try {
      this.#stream = open()
      this.#stream.on('error', (error) => this.#fail(error))
    } catch (error) {
      this.#fail(error)
    }
  }

  get isTTY(): boolean {
    return this.#stream?.isTTY === true
  }

  get columns(): number | undefined {
    return this.#stream?.columns
  }

  get failure(): string | undefined {
    return this.#failure
  }

  write(text: string): unknown {
    try {
      return this.#stream?.write(text)
    } catch (error) {
      this.#fail(error)
      return false
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= (error as NodeJS.ErrnoException).code ?? 'unknown'
  }
}
