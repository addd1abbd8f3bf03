import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import type { SecretMask } from '../egress/secret-mask.ts'

const mostDecompressedBytes = 4_000_000

const decompressors = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
} as const

/** The blanked, uncompressed body of a compressed one that echoes the credential; `undefined` where it does not. */
export const maskEncodedBody = (body: Buffer, encoding: string | undefined, mask: SecretMask): Buffer | undefined => {
  const name = encoding?.trim().toLowerCase() ?? ''
  if (!Object.hasOwn(decompressors, name)) return undefined
  try {
    const plain = decompressors[name as keyof typeof decompressors](body, { maxOutputLength: mostDecompressedBytes })
    const masked = mask.bytes(plain)
    return masked === plain ? undefined : masked
  } catch {
    // Not what its header says, or far too large for an error: nothing can be found in it.
    return undefined
  }
}
