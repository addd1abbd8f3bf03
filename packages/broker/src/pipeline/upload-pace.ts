/** The slowest upload of a buffered body that is waited for. */
export interface UploadPace {
  /** The speed is the average of so long a time, in ms; nothing is asked for before its end. */
  readonly graceMs: number
  readonly minBytesPerSecond: number
}

/** What a broker uses unless told otherwise. */
export const defaultUploadPace: UploadPace = { graceMs: 10_000, minBytesPerSecond: 1_000 }

/** An upload that is watched. */
export interface PacedUpload {
  /** How much has come so far. */
  readonly takenBytes: number
  /** Called once, when it is too slow; it is not watched any more. */
  onSlow(): void
}

/** Where an upload stood when its speed was last found good. */
interface Mark {
  readonly bytes: number
  readonly at: number
}

/** Watches the speed of many uploads with one timer, which runs only while there are any. */
export class PaceWatch {
  readonly pace: UploadPace
  readonly #now: () => number
  readonly #uploads = new Map<PacedUpload, Mark>()
  #timer: NodeJS.Timeout | undefined

  /** `now` in ms, of a clock that nobody sets. */
  constructor(pace: UploadPace, now: () => number = () => performance.now()) {
    this.pace = pace
    this.#now = now
  }

  /** Returns the end of the watch. */
  watch(upload: PacedUpload): () => void {
    this.#uploads.set(upload, { bytes: upload.takenBytes, at: this.#now() })
    this.#timer ??= setInterval(() => this.check(), Math.min(1_000, this.pace.graceMs)).unref()
    return () => void this.#uploads.delete(upload)
  }

  /** Ends every upload that is too slow by now. */
  check(): void {
    const { graceMs, minBytesPerSecond } = this.pace
    const now = this.#now()
    for (const [upload, mark] of this.#uploads) {
      const elapsed = now - mark.at
      if (elapsed < graceMs) continue
      const quick = (upload.takenBytes - mark.bytes) * 1_000 >= graceMs * minBytesPerSecond
      // After a much longer time it was this process that slept, not the client.
      if (quick || elapsed > graceMs * 2 + 5_000) this.#uploads.set(upload, { bytes: upload.takenBytes, at: now })
      else this.#end(upload)
    }
    if (this.#uploads.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #end(upload: PacedUpload): void {
    this.#uploads.delete(upload)
    upload.onSlow()
  }
}
