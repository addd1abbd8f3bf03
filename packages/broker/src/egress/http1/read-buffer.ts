/** Usual for an answer or a few events. */
const smallBytes = 16_384
/** Where answers come faster than they are read. */
const largeBytes = 65_536
/** A shorter rest is not worth a read. */
const leastBytes = 4_096

/**
 * The memory that one connection reads into. Pieces of it are handed on and belong to whoever got them, so every read goes
 * behind the one before: a new piece of memory is only needed when this one is full.
 */
export class ReadBuffer {
  #free: Buffer = Buffer.allocUnsafeSlow(smallBytes)

  /** Where the next read goes. */
  get free(): Buffer {
    return this.#free
  }

  /** The first `length` bytes of {@link free} were read: returns them, and makes room for the next. */
  take(length: number): Buffer {
    const bytes = this.#free
    if (length === bytes.length) this.#free = Buffer.allocUnsafeSlow(largeBytes)
    else if (bytes.length - length < leastBytes) this.#free = Buffer.allocUnsafeSlow(smallBytes)
    else this.#free = bytes.subarray(length)
    return bytes.subarray(0, length)
  }
}
