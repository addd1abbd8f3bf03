import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import type { UsageReader } from '@vendo/wire'

/** Shows the meter a copy of the answer, decompressed. Nothing that happens in here reaches the data path. */
export interface MeterTap {
  push(chunk: Uint8Array): void
  /** Resolves when everything pushed has been read; undefined when that is so already. */
  end(): Promise<void> | undefined
}

/** A small answer can decompress to anything; past this the meter stops reading and the call settles as unread. */
const mostDecompressedBytes = 256 * 1024 * 1024

/** Compressed bytes may wait for the decompressor up to here; a meter that cannot keep up must not fill the memory. */
const mostWaitingBytes = 16 * 1024 * 1024

const decompressors = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
} as const

/** Creates the tap for an answer's `content-encoding`; an encoding nobody knows is shown as it is, and reads as unreadable. */
export const createMeterTap = (encoding: string | undefined, reader: UsageReader): MeterTap => {
  const name = encoding?.trim().toLowerCase() ?? ''
  const create = Object.hasOwn(decompressors, name) ? decompressors[name as keyof typeof decompressors] : undefined
  if (create === undefined) return { push: (chunk) => reader.push(chunk), end: () => undefined }
  const stream = create()
  let decompressed = 0
  const finished = new Promise<void>((resolve) => {
    stream.on('end', resolve)
    stream.on('close', resolve)
    stream.on('error', () => resolve())
  })
  stream.on('data', (chunk: Buffer) => {
    decompressed += chunk.length
    if (decompressed > mostDecompressedBytes || !read(reader, chunk)) stream.destroy()
  })
  return {
    push: (chunk) => {
      if (stream.destroyed || stream.writableEnded) return
      stream.write(chunk)
      if (stream.writableLength > mostWaitingBytes) stream.destroy()
    },
    end: () => {
      if (!stream.destroyed) stream.end()
      return finished
    },
  }
}

/** An error in here would come out of a stream's callback, where it ends the process. */
const read = (reader: UsageReader, chunk: Buffer): boolean => {
  try {
    reader.push(chunk)
    return true
  } catch {
    return false
  }
}
