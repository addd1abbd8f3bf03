import { isRawObject, type RawObject } from '../reader/answer-state.ts'
import { textOf } from './raw.ts'
import { visitParts } from './visit-parts.ts'

/** What the content of a request holds beside text. */
export interface PartCounts {
  images: number
  documents: { bytes: number }[]
  audioBytes: number
  remoteReferences: number
  /** Length of the base64 that is counted above and is therefore no text. */
  inlineBytes: number
}

/**
 * Counts images, documents, audio and references in the content of a request, in every wire format's spelling. Only places
 * where a provider reads content are looked at: a part that is quoted inside the arguments of a tool call is text to the
 * model, and must stay counted as text.
 */
export const countParts = (roots: readonly unknown[]): PartCounts => {
  const counts: PartCounts = { images: 0, documents: [], audioBytes: 0, remoteReferences: 0, inlineBytes: 0 }
  visitParts(roots, (part) => countPart(counts, part))
  return counts
}

const countPart = (counts: PartCounts, part: RawObject): void => {
  const count = typeof part['type'] === 'string' ? counters.get(part['type']) : undefined
  if (count !== undefined) count(counts, part)
  else if (isRawObject(part['audio']) && textOf(part['audio']['id']) !== undefined) counts.remoteReferences++
}

type CountPart = (counts: PartCounts, part: RawObject) => void

const countImage =
  (...keys: readonly string[]): CountPart =>
  (counts, part) => {
    counts.images++
    for (const key of keys) {
      const value = part[key]
      const url = isRawObject(value) ? value['url'] : value
      if (typeof url === 'string') counts.inlineBytes += base64Length(url) ?? 0
    }
  }

/** A file given by its bytes, or else by a name for something that only the provider knows. */
const countFile: CountPart = (counts, part) => {
  const file = isRawObject(part['file']) ? part['file'] : part
  const data = textOf(file['file_data'])
  if (data === undefined || /^https?:/i.test(data)) counts.remoteReferences++
  else addDocument(counts, base64Length(data) ?? data.length)
}

const countSource =
  (add: (counts: PartCounts, length: number) => void, addReference: (counts: PartCounts) => void): CountPart =>
  (counts, part) => {
    const source = isRawObject(part['source']) ? part['source'] : {}
    const data = textOf(source['data'])
    if (source['type'] === 'base64' && data !== undefined) add(counts, data.length)
    else if (source['type'] !== 'text' && source['type'] !== 'content') addReference(counts)
  }

const addDocument = (counts: PartCounts, length: number): void => {
  counts.documents.push({ bytes: decodedLength(length) })
  counts.inlineBytes += length
}

const addReference = (counts: PartCounts): void => {
  counts.remoteReferences++
}

const counters: ReadonlyMap<string, CountPart> = new Map<string, CountPart>([
  // Anthropic
  [
    'image',
    countSource(
      (counts, length) => {
        counts.images++
        counts.inlineBytes += length
      },
      (counts) => {
        counts.images++
      },
    ),
  ],
  ['document', countSource(addDocument, addReference)],
  ['container_upload', addReference],
  // OpenAI chat and OpenRouter
  ['image_url', countImage('image_url')],
  ['file', countFile],
  ['video_url', addReference],
  ['input_video', addReference],
  [
    'input_audio',
    (counts, part) => {
      const audio = isRawObject(part['input_audio']) ? part['input_audio'] : part
      const data = textOf(audio['data'])
      // Sound by its address, or in a way that nobody knows.
      if (data === undefined || /^https?:/i.test(data)) {
        counts.remoteReferences++
        return
      }
      const length = base64Length(data) ?? data.length
      counts.audioBytes += decodedLength(length)
      counts.inlineBytes += length
    },
  ],
  // OpenAI responses
  ['input_image', countImage('image_url')],
  ['computer_screenshot', countImage('image_url')],
  ['input_file', countFile],
  [
    'image_generation_call',
    (counts, part) => {
      counts.images++
      counts.inlineBytes += textOf(part['result'])?.length ?? 0
    },
  ],
])

const decodedLength = (base64: number): number => Math.floor((base64 * 3) / 4)

/** Length of the base64 inside a data URL; `undefined` for any other string. */
const base64Length = (url: string): number | undefined => {
  if (!url.startsWith('data:')) return undefined
  const comma = url.indexOf(',')
  return comma < 0 || !url.slice(0, comma).endsWith(';base64') ? undefined : url.length - comma - 1
}
