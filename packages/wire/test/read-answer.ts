import type { WireFormatName } from '@vendo/contract'
import { createUsageReader, type UsageReading } from '../src/index.ts'

/** An event stream of these objects, as a provider writes it; strings stand for themselves. */
export const streamOf = (...events: readonly (object | string)[]): string =>
  events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join('')

/** Reads an event stream, cut into pieces of `size` bytes. */
export const readStream = (wireFormat: WireFormatName, stream: string, size = 7): UsageReading =>
  readBytes(wireFormat, 'sse', stream, size)

/** Reads a body; an object is written as JSON. */
export const readBody = (wireFormat: WireFormatName, body: object | string, size = 7): UsageReading =>
  readBytes(wireFormat, 'json', typeof body === 'string' ? body : JSON.stringify(body), size)

const readBytes = (wireFormat: WireFormatName, contentType: 'sse' | 'json', text: string, size: number) => {
  const reader = createUsageReader({ wireFormat, contentType })
  const bytes = Buffer.from(text)
  for (let start = 0; start < bytes.length; start += size) reader.push(bytes.subarray(start, start + size))
  return reader.read()
}
