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

/** An encoder for one body that is sent in steps. */
export const createStepEncoder = (encoding: ContentEncoding): StepEncoder => {
  const compressor = codecs[encoding].start()
  const take = (): Buffer => Buffer.from((compressor.read() as Buffer | null) ?? [])
  return {
    step: async (bytes) => {
      await new Promise<void>((resolve, reject) => {
        compressor.write(bytes, (error) => (error ? reject(error) : compressor.flush(() => resolve())))
      })
      return take()
    },
    end: async () => {
      const pieces: Buffer[] = []
      compressor.end()
      for await (const piece of compressor) pieces.push(piece as Buffer)
      return Buffer.concat(pieces)
    },
  }
}
