import { isDeepStrictEqual } from 'node:util'
import { perEvent } from '../chunking.ts'

type Chunk = Readonly<Record<string, unknown>>

/** One event: its lines other than `data`, and its data parsed where it is a JSON object. */
interface ParsedEvent {
  readonly otherLines: readonly string[]
  readonly data: Chunk | string | undefined
}

const parseData = (text: string): Chunk | string => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Chunk) : text
  } catch {
    // `[DONE]`, or an event that was cut short: compared as text.
    return text
  }
}

const parseEvent = (bytes: Uint8Array): ParsedEvent => {
  const lines = Buffer.from(bytes)
    .toString('utf8')
    .split(/\r\n|\r|\n/)
  const data = lines.flatMap((line) => (line.startsWith('data:') ? [line.slice(5).replace(/^ /, '')] : []))
  return {
    otherLines: lines.filter((line) => line !== '' && !line.startsWith('data:')),
    data: data.length === 0 ? undefined : parseData(data.join('\n')),
  }
}

const isUsageOnly = ({ data }: ParsedEvent): boolean =>
  typeof data === 'object' && Array.isArray(data['choices']) && data['choices'].length === 0 && data['usage'] != null

const withoutNullUsage = (event: ParsedEvent): ParsedEvent => {
  if (typeof event.data !== 'object' || event.data['usage'] !== null) return event
  const { usage: _, ...rest } = event.data
  return { ...event, data: rest }
}

const show = (event: ParsedEvent | undefined): string =>
  event === undefined ? '(no event)' : JSON.stringify([...event.otherLines, event.data]).slice(0, 160)

/**
 * Compares what a client that did not ask for usage received with what the provider sent to the broker, which did ask:
 * the same events in the same order, less the usage-only chunk and `"usage":null` members. Undefined when equal.
 */
export const compareChatStream = (sent: Uint8Array, received: Uint8Array): string | undefined => {
  const wanted = perEvent(sent)
    .map(parseEvent)
    .filter((event) => !isUsageOnly(event))
    .map(withoutNullUsage)
  const got = perEvent(received).map(parseEvent)
  for (let index = 0; index < Math.max(wanted.length, got.length); index++) {
    if (isDeepStrictEqual(wanted[index], got[index])) continue
    return [
      `event ${index + 1} differs (${wanted.length} wanted, ${got.length} received)`,
      `  - ${show(wanted[index])}`,
      `  + ${show(got[index])}`,
    ].join('\n')
  }
  return undefined
}
