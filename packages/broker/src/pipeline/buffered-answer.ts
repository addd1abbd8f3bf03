import type { HeaderList } from '../egress/http1/header-list.ts'

/** A whole answer in memory. */
export interface KeptAnswer {
  readonly status: number
  readonly headers: HeaderList
  readonly body: Buffer
}

/** An answer that waits for its end, so that an echoed credential is found across pieces. */
export interface BufferedAnswer {
  /** False when it holds more than it should: it must go on as far as it has come. */
  push(piece: Buffer): boolean
  received(): Buffer
}

const mostBufferedBytes = 1_000_000

/** Creates an empty one. */
export const createBufferedAnswer = (): BufferedAnswer => {
  const pieces: Buffer[] = []
  let length = 0
  return {
    push: (piece) => {
      pieces.push(piece)
      length += piece.length
      return length <= mostBufferedBytes
    },
    received: () => Buffer.concat(pieces, length),
  }
}
