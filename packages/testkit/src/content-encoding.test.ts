import { brotliDecompressSync, constants, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { perEvent, randomChunks } from './chunking.ts'
import { type ContentEncoding, createStepEncoder, decodeContent, encodeContent } from './content-encoding.ts'
import { createRandom } from './random.ts'
import { replayAnswer, replayCuts } from './replay-answer.ts'

const encodings: readonly ContentEncoding[] = ['gzip', 'br', 'zstd', 'deflate']

/** Text of so many bytes that no coding makes much smaller, as long answers of base64 are. */
const dense = (length: number): Buffer => {
  const random = createRandom(7)
  const bytes = Buffer.from(Array.from({ length: Math.ceil((length * 3) / 4) }, () => Math.floor(random() * 256)))
  return Buffer.from(bytes.toString('base64').slice(0, length))
}
const large = dense(4_000_000)

/** What a receiver can read of a stream that has not ended. */
const decodeSoFar: { readonly [K in ContentEncoding]: (bytes: Buffer) => Buffer } = {
  gzip: (bytes) => gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }),
  deflate: (bytes) => inflateSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }),
  br: (bytes) => brotliDecompressSync(bytes, { finishFlush: constants.BROTLI_OPERATION_FLUSH }),
  zstd: (bytes) => zstdDecompressSync(bytes, { finishFlush: constants.ZSTD_e_flush }),
}

const encodeSteps = async (encoding: ContentEncoding, steps: readonly Uint8Array[]): Promise<Buffer[]> => {
  const encoder = createStepEncoder(encoding)
  const sent: Buffer[] = []
  for (const step of steps) sent.push(await encoder.step(step))
  sent.push(await encoder.end())
  return sent
}

describe.each(encodings)('%s', (encoding) => {
  it('is its own inverse', () => {
    expect(decodeContent(encodeContent(large, encoding), encoding).equals(large)).toBe(true)
  })

  it.each([
    ['one step of several MB', [large]],
    ['several MB in steps of every size', randomChunks(3)(large)],
    ['one empty step', [Buffer.alloc(0)]],
    ['no step at all', []],
    ['several MB between small ones', [Buffer.from('a'), large, Buffer.from('b'), large]],
  ])('in steps: %s', async (_, steps) => {
    const sent = Buffer.concat(await encodeSteps(encoding, steps))
    expect(decodeContent(sent, encoding).equals(Buffer.concat(steps))).toBe(true)
  })

  it('after each step, everything so far can be read', async () => {
    const steps = [Buffer.from('data: 1\n\n'), dense(200_000), Buffer.from('data: 2\n\n'), dense(1_000_000)]
    const sent = await encodeSteps(encoding, steps)
    expect(sent).toHaveLength(steps.length + 1)
    steps.forEach((_, last) => {
      const seen = decodeSoFar[encoding](Buffer.concat(sent.slice(0, last + 1)))
      expect(seen.equals(Buffer.concat(steps.slice(0, last + 1)))).toBe(true)
    })
  })

  it.each(replayCuts)('a recording of several MB is replayed, cut %s', async (cut) => {
    const response = Buffer.concat([Buffer.from('data: '), large, Buffer.from('\n\ndata: [DONE]\n\n')])
    const { sent } = await replayAnswer(
      {
        ...{ provider: 'openai-chat', id: 'large', folder: '', response, streamed: true },
        meta: { status: 200, stream: true, requestHeaders: {}, responseHeaders: { 'content-encoding': encoding } },
      },
      { cut, acceptEncoding: encoding },
    )
    expect(perEvent(response)).toHaveLength(2)
    expect(decodeContent(sent, encoding).equals(response)).toBe(true)
  })
})
