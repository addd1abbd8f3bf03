const slabBytes = 4096

/** Memory for small outputs. Each piece is handed out once and never written again by anybody else: a typed array of its own costs ten times as much. */
export class Slab {
  #memory = new Uint8Array(0)
  #used = 0

  /** A piece of `length` zeros. */
  take(length: number): Uint8Array {
    if (length > slabBytes / 4) return new Uint8Array(length)
    if (this.#used + length > this.#memory.length) {
      this.#memory = new Uint8Array(slabBytes)
      this.#used = 0
    }
    const start = this.#used
    this.#used += length
    return this.#memory.subarray(start, this.#used)
  }
}
