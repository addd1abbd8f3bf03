const smallest = 256
const largestKept = 64 * 1024

/** A byte buffer that grows by doubling, so that many small appends cost time in proportion to their bytes. */
export class GrowableBytes {
  #buffer = new Uint8Array(0)
  #length = 0

  get length(): number {
    return this.#length
  }

  append(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length
    if (needed > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2, smallest))
      grown.set(this.#buffer.subarray(0, this.#length))
      this.#buffer = grown
    }
    this.#buffer.set(bytes, this.#length)
    this.#length = needed
  }

  /** What was appended so far. A window on the buffer: valid until the next {@link append} or {@link clear}. */
  view(): Uint8Array {
    return this.#buffer.subarray(0, this.#length)
  }

  /** Forgets the content; a large buffer is given back. */
  clear(): void {
    this.#length = 0
    if (this.#buffer.length > largestKept) this.#buffer = new Uint8Array(0)
  }
}
