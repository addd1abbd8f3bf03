import { decodeText, withoutByteOrderMark } from './ascii.ts'
import { scanTopLevelMembers } from './scan-top-level-members.ts'

/** The members of one JSON object, parsed only when asked for. Where a key occurs twice the last one counts, as in `JSON.parse`. */
export class JsonMembers {
  readonly #slices: ReadonlyMap<string, Uint8Array>

  constructor(slices: ReadonlyMap<string, Uint8Array>) {
    this.#slices = slices
  }

  /** The parsed value; `undefined` if there is no such member, or if its bytes are not JSON. */
  get(key: string): unknown {
    const slice = this.#slices.get(key)
    if (slice === undefined) return undefined
    try {
      return JSON.parse(decodeText(slice)) as unknown
    } catch {
      // A malformed value is an unreadable one: the same as absent to a reader that must not throw.
      return undefined
    }
  }

  /** The value if it is a string that holds something. */
  text(key: string): string | undefined {
    const value = this.get(key)
    return typeof value === 'string' && value !== '' ? value : undefined
  }

  /** The members of a value that is an object. */
  object(key: string): JsonMembers | undefined {
    const slice = this.#slices.get(key)
    return slice === undefined ? undefined : parseMembers(slice)
  }

  /** The value as it is written, such as the digits of a number that a double would round. */
  literal(key: string): string | undefined {
    const slice = this.#slices.get(key)
    return slice === undefined ? undefined : decodeText(slice)
  }
}

/** Reads the members of a whole JSON object; `undefined` for anything else, a truncated object included. */
export const parseMembers = (bytes: Uint8Array): JsonMembers | undefined => {
  const json = withoutByteOrderMark(bytes)
  const scan = scanTopLevelMembers(json)
  if (scan === undefined) return undefined
  return new JsonMembers(
    new Map(scan.members.map(({ key, valueStart, valueEnd }) => [key, json.subarray(valueStart, valueEnd)])),
  )
}
