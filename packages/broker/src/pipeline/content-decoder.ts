import type { Transform } from 'node:stream'
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib'

/** Undoes one content coding, given the first byte of what was coded. */
const decoders: Readonly<Record<string, (firstByte: number) => Transform>> = {
  gzip: () => createGunzip({ finishFlush: constants.Z_SYNC_FLUSH }),
  'x-gzip': () => createGunzip({ finishFlush: constants.Z_SYNC_FLUSH }),
  // Meant to be zlib's, but some send it bare, and clients take both. The method stands in the low half of zlib's first byte.
  deflate: (firstByte) =>
    (firstByte & 0x0f) === 0x08
      ? createInflate({ finishFlush: constants.Z_SYNC_FLUSH })
      : createInflateRaw({ finishFlush: constants.Z_SYNC_FLUSH }),
  br: () => createBrotliDecompress(),
  zstd: () => createZstdDecompress(),
}

const maxCodings = 4
/** What one piece may come to between two codings, where it waits for the second. */
const maxBetweenBytes = 16 * 1024 * 1024

/** The codings of a `content-encoding` in the order in which they are undone; undefined for one that cannot be undone here. */
export const codingsOf = (encoding: string | undefined): readonly string[] | undefined => {
  const names = (encoding ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity')
  if (names.length > maxCodings || names.some((name) => !Object.hasOwn(decoders, name))) return undefined
  return names.reverse()
}

/** What comes of a decoder. */
export interface DecoderSink {
  /** A plain piece; false ends it. */
  onPlain(piece: Buffer): boolean
  /** One piece came to more than is kept between two codings. No more is decoded. */
  onFlood(): void
}

interface Stage {
  readonly transform: Transform
  /** What it put out and the next stage has not taken. */
  out: Buffer[]
  outBytes: number
  /** Called when it can do no more. */
  broken: () => void
}

/** Undoes the codings of one body in pieces. It never throws: what cannot be undone any further ends it. */
export class ContentDecoder {
  readonly #codings: readonly string[]
  readonly #sink: DecoderSink
  readonly #stages: Stage[] = []
  #over = false

  constructor(codings: readonly string[], sink: DecoderSink) {
    this.#codings = codings
    this.#sink = sink
  }

  /** Calls back when everything plain that comes of the piece, and of all before it, has been shown. */
  push(piece: Buffer, then: () => void): void {
    void this.#feed(0, piece).then(then)
  }

  /** Calls back when the rest has been shown. */
  end(then: () => void): void {
    void this.#endStages().then(then)
  }

  stop(): void {
    this.#over = true
    for (const { transform } of this.#stages) transform.destroy()
  }

  async #feed(index: number, piece: Buffer): Promise<void> {
    if (this.#over || piece.length === 0) return
    if (index === this.#codings.length) {
      if (!this.#sink.onPlain(piece)) this.stop()
      return
    }
    const stage = this.#stages[index] ?? this.#open(index, piece[0] as number)
    const { transform } = stage
    if (transform.destroyed || transform.writableEnded) return
    await new Promise<void>((resolve) => {
      stage.broken = resolve
      // Told when it has put out all that came of the piece.
      transform.write(piece, () => resolve())
    })
    await this.#passOn(index, stage)
  }

  async #endStages(): Promise<void> {
    for (let index = 0; index < this.#stages.length; index++) {
      const stage = this.#stages[index] as Stage
      const { transform } = stage
      if (!transform.destroyed && !this.#over) {
        await new Promise<void>((resolve) => {
          stage.broken = resolve
          transform.once('end', resolve).end()
        })
      }
      await this.#passOn(index, stage)
    }
    this.stop()
  }

  /** What is in between two codings goes on; the last stage shows what it puts out at once, however much that is. */
  async #passOn(index: number, stage: Stage): Promise<void> {
    const pieces = stage.out
    stage.out = []
    stage.outBytes = 0
    for (const piece of pieces) await this.#feed(index + 1, piece)
  }

  #open(index: number, firstByte: number): Stage {
    const transform = (decoders[this.#codings[index] as string] as (first: number) => Transform)(firstByte)
    const stage: Stage = { transform, out: [], outBytes: 0, broken: () => undefined }
    const last = index + 1 === this.#codings.length
    transform.on('data', (piece: Buffer) => {
      if (last) {
        if (!this.#over && !this.#sink.onPlain(piece)) this.stop()
        return
      }
      if (this.#over) return
      stage.out.push(piece)
      stage.outBytes += piece.length
      if (stage.outBytes <= maxBetweenBytes) return
      stage.out = []
      this.stop()
      this.#sink.onFlood()
    })
    transform.on('error', () => stage.broken()).on('close', () => stage.broken())
    this.#stages.push(stage)
    return stage
  }
}
