import {
  brotliCompressSync,
  brotliDecompressSync,
  constants,
  createBrotliCompress,
  createDeflate,
  createGzip,
  createZstdCompress,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateSync,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib'

/** The content codings that providers are seen to use. */
export type ContentEncoding = 'gzip' | 'br' | 'zstd' | 'deflate'

type Compressor = ReturnType<typeof createGzip | typeof createBrotliCompress | typeof createZstdCompress>

interface Codec {
  start(): Compressor
  encode(bytes: Uint8Array): Buffer
  decode(bytes: Uint8Array): Buffer
}

// Quality 11, the default, takes seconds on large bodies; the coding on the wire is the same.
const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }

const codecs: { readonly [K in ContentEncoding]: Codec } = {
  gzip: { start: () => createGzip(), encode: (bytes) => gzipSync(bytes), decode: (bytes) => gunzipSync(bytes) },
  br: {
    start: () => createBrotliCompress(brotliOptions),
    encode: (bytes) => brotliCompressSync(bytes, brotliOptions),
    decode: (bytes) => brotliDecompressSync(bytes),
  },
  zstd: {
    start: () => createZstdCompress(),
    encode: (bytes) => zstdCompressSync(bytes),
    decode: (bytes) => zstdDecompressSync(bytes),
  },
  deflate: {
    start: () => createDeflate(),
    encode: (bytes) => deflateSync(bytes),
    decode: (bytes) => inflateSync(bytes),
  },
}

/** Whether `name`, as found in a `content-encoding` header, is a coding that {@link encodeContent} knows. */
export const isContentEncoding = (name: string): name is ContentEncoding => Object.hasOwn(codecs, name)

/** `bytes` under the given coding, as one complete stream. */
export const encodeContent = (bytes: Uint8Array, encoding: ContentEncoding): Buffer => codecs[encoding].encode(bytes)

/** The inverse of {@link encodeContent}. Throws node:zlib's error on bytes that are not of that coding. */
export const decodeContent = (bytes: Uint8Array, encoding: ContentEncoding): Buffer => codecs[encoding].decode(bytes)

/** Encodes a body piece by piece: each call returns bytes from which the receiver can decode everything so far. */
export interface StepEncoder {
  step(bytes: Uint8Array): Promise<Buffer>
  end(): Promise<Buffer>
}

/**
 * An encoder for one body that is sent in steps. The steps may be of any size. Each call rejects with node:zlib's error when the
 * compressor fails.
 */
export const createStepEncoder = (encoding: ContentEncoding): StepEncoder => {
  const compressor = codecs[encoding].start()
  let pieces: Buffer[] = []
  const take = (): void => {
    for (let piece = compressor.read() as Buffer | null; piece !== null; piece = compressor.read() as Buffer | null) {
      pieces.push(piece)
    }
  }
  // While a step is compressed: a compressor whose output nobody takes stops, and its flush would never be done.
  compressor.on('readable', take)
  const output = (): Buffer => {
    take()
    const whole = Buffer.concat(pieces)
    pieces = []
    return whole
  }
  const whenDone = (start: (done: (error?: Error | null) => void) => void): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      const done = (error?: Error | null): void => {
        compressor.off('error', done)
        if (error) reject(error)
        else resolve(output())
      }
      compressor.once('error', done)
      start(done)
    })
  return {
    step: (bytes) =>
      whenDone((done) => {
        compressor.write(bytes, (error) => (error ? done(error) : compressor.flush(done)))
      }),
    end: () =>
      whenDone((done) => {
        compressor.once('end', () => done())
        compressor.end()
      }),
  }
}
