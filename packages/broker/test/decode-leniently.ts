import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib'

const zlib = { finishFlush: constants.Z_SYNC_FLUSH }
const decoders: Readonly<Record<string, (coded: Buffer) => Buffer>> = {
  gzip: (coded) => gunzipSync(coded, zlib),
  'x-gzip': (coded) => gunzipSync(coded, zlib),
  deflate: (coded) => ((coded[0] ?? 0) % 16 === 8 ? inflateSync(coded, zlib) : inflateRawSync(coded, zlib)),
  br: (coded) => brotliDecompressSync(coded, { finishFlush: constants.BROTLI_OPERATION_FLUSH }),
  zstd: (coded) => zstdDecompressSync(coded, { finishFlush: constants.ZSTD_e_flush }),
  identity: (coded) => coded,
}

/** As much as a curious client could get of a body, also of one that was cut; empty where that is nothing. */
export const decodeLeniently = (coded: Buffer, encoding: string): Buffer => {
  const names = encoding.toLowerCase().split(',').reverse()
  try {
    return names.reduce((bytes, name) => (decoders[name.trim()] as (coded: Buffer) => Buffer)(bytes), coded)
  } catch {
    return Buffer.alloc(0)
  }
}
