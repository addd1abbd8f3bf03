import { perByteAtEnds, perEvent, randomChunks, whole } from './chunking.ts'
import { type ContentEncoding, createStepEncoder, encodeContent, isContentEncoding } from './content-encoding.ts'
import { seedFrom } from './random.ts'
import type { Transcript } from './replay.ts'
import type { ScriptedAnswer } from './scripted-answer.ts'

/** The ways in which a replay cuts an answer into chunks; `byte` is {@link perByteAtEnds}. */
export const replayCuts = ['whole', 'event', 'byte', 'random'] as const

/** One entry of {@link replayCuts}. */
export type ReplayCut = (typeof replayCuts)[number]

/** An answer to script, and the body bytes that it puts on the wire. */
export interface Replay {
  readonly answer: ScriptedAnswer
  readonly sent: Buffer
}

/** The recording keeps bodies decoded, so these would no longer be true. */
const stale: ReadonlySet<string> = new Set(['content-length', 'content-encoding', 'transfer-encoding', 'connection'])

const recordedEncoding = ({ meta }: Transcript): ContentEncoding | undefined => {
  const name = meta.responseHeaders['content-encoding']?.trim().toLowerCase()
  return name !== undefined && isContentEncoding(name) ? name : undefined
}

const accepts = (acceptEncoding: string, encoding: ContentEncoding): boolean =>
  acceptEncoding.split(',').some((entry) => [encoding, '*'].includes(entry.split(';')[0]?.trim().toLowerCase() ?? ''))

const encodedEvents = async (body: Uint8Array, encoding: ContentEncoding): Promise<readonly Uint8Array[]> => {
  const encoder = createStepEncoder(encoding)
  const chunks: Uint8Array[] = []
  for (const event of perEvent(body)) chunks.push(await encoder.step(event))
  chunks.push(await encoder.end())
  return chunks
}

const cutBody = async (transcript: Transcript, cut: ReplayCut, encoding?: ContentEncoding) => {
  const { response } = transcript
  if (cut === 'event') return encoding === undefined ? perEvent(response) : encodedEvents(response, encoding)
  const bytes = encoding === undefined ? response : encodeContent(response, encoding)
  if (cut === 'whole') return whole(bytes)
  return cut === 'byte' ? perByteAtEnds(bytes) : randomChunks(seedFrom(transcript.id))(bytes)
}

/**
 * Builds the answer that the recorded provider would send: its status, its headers, its body really encoded with the
 * recorded `content-encoding` if `acceptEncoding` allows that coding, cut as asked. A whole body has a content-length.
 */
export const replayAnswer = async (
  transcript: Transcript,
  { cut, acceptEncoding }: { readonly cut: ReplayCut; readonly acceptEncoding: string },
): Promise<Replay> => {
  const recorded = recordedEncoding(transcript)
  const encoding = recorded !== undefined && accepts(acceptEncoding, recorded) ? recorded : undefined
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(transcript.meta.responseHeaders)) {
    if (!stale.has(name)) headers[name] = value
  }
  if (encoding !== undefined) headers['content-encoding'] = encoding
  const chunks = await cutBody(transcript, cut, encoding)
  const sent = Buffer.concat(chunks)
  return { sent, answer: { status: transcript.meta.status, headers, body: cut === 'whole' ? sent : chunks } }
}
