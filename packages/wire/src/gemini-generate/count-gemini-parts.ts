import { isRawObject, type RawObject } from '../reader/answer-state.ts'
import type { PartCounts } from '../request/count-parts.ts'
import { textOf } from '../request/raw.ts'
import { either, listOf } from './either-name.ts'

/**
 * Counts what the contents of a Gemini request hold beside text. An answer of a function may hold media too. Video has no
 * bound in its bytes, as the client sets its frame rate, and counts as a reference.
 */
export const countGeminiParts = (contents: readonly unknown[]): PartCounts => {
  const counts: PartCounts = { images: 0, documents: [], audioBytes: 0, remoteReferences: 0, inlineBytes: 0 }
  const contentList = listOf(contents).filter(isRawObject)
  // A single part may stand where a content is expected.
  const parts = contentList.flatMap((content) => [content, ...partsOf(content)])
  for (const part of parts) {
    countPart(counts, part)
    for (const response of either(part, 'functionResponse').filter(isRawObject)) {
      for (const inner of partsOf(response)) countPart(counts, inner)
    }
  }
  return counts
}

const partsOf = (content: RawObject): readonly RawObject[] => listOf(either(content, 'parts')).filter(isRawObject)

const countPart = (counts: PartCounts, part: RawObject): void => {
  counts.remoteReferences += either(part, 'fileData').length
  for (const inline of either(part, 'inlineData')) countInline(counts, isRawObject(inline) ? inline : {})
}

/** Bytes of a kind that is not known are a reference, and stay text beside. */
const countInline = (counts: PartCounts, inline: RawObject): void => {
  const length = textOf(inline['data'])?.length ?? 0
  const type = textOf(either(inline, 'mimeType')[0])?.toLowerCase() ?? ''
  if (type.startsWith('text/') || type === 'application/json') return
  if (type.startsWith('image/')) counts.images++
  else if (type.startsWith('audio/')) counts.audioBytes += decodedLength(length)
  else if (type === 'application/pdf') counts.documents.push({ bytes: decodedLength(length) })
  else {
    counts.remoteReferences++
    if (!type.startsWith('video/')) return
  }
  counts.inlineBytes += length
}

const decodedLength = (base64: number): number => Math.floor((base64 * 3) / 4)
