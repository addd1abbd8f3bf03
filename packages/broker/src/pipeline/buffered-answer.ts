import type { HeaderList } from '../egress/http1/header-list.ts'
import type { SecretMask } from '../egress/secret-mask.ts'
import { maskEncodedBody } from './mask-encoded-body.ts'

/** A whole answer in memory. */
export interface KeptAnswer {
  readonly status: number
  readonly headers: HeaderList
  readonly body: Buffer
}

/** What has come of an answer, uncompressed where it had to be opened to blank the credential in it. */
export interface OpenedAnswer {
  /** They describe `body`. */
  readonly headers: HeaderList
  /** An echoed credential may still be in it where it was not compressed. */
  readonly body: Buffer
}

/** An answer that waits for its end, so that an echoed credential is found across pieces and inside compression. */
export interface BufferedAnswer {
  /** False when it holds more than it should: it must be opened as far as it has come. */
  push(piece: Buffer): boolean
  open(headers: HeaderList, mask: SecretMask): OpenedAnswer
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
    open: (headers, mask) => {
      const received = Buffer.concat(pieces, length)
      const plain = maskEncodedBody(received, headers.get('content-encoding'), mask)
      if (plain === undefined) return { headers, body: received }
      return { headers: headers.without('content-encoding', 'content-length'), body: plain }
    },
  }
}
