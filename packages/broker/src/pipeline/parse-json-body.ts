import { createVendoError } from '@vendo/contract'
import { countMembers, findDuplicates } from '@vendo/wire'

/** A second byte order mark is no JSON; the first is dropped below. */
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The body of a metered request. */
export interface JsonBody {
  readonly body: Readonly<Record<string, unknown>>
  /**
   * Paths of members that stand twice in one object, such as `tools[0].type`; the parsed form has the last of them. Which of two
   * `model`s or `max_tokens` a provider would follow is not ours to guess: `readRequestFacts` takes the paths and judges those
   * that a provider reads.
   */
  readonly duplicates: readonly string[]
}

/**
 * Parses the body of a metered request: UTF-8, with or without a byte order mark. A body whose members cannot be told apart,
 * because it is nested too deeply, is refused.
 *
 * @throws {VendoError} `validation_failed`
 */
export const parseJsonBody = (bytes: Uint8Array): JsonBody => {
  if (bytes.length === 0) throw invalid('The request body is empty; a JSON object is expected.')
  const { text, body } = parse(withoutMark(bytes))
  if (!isObject(body)) throw invalid(`The request body is ${describe(body)}; a JSON object is expected.`)
  // Keys that stand twice are looked for only where there are more of them in the text than in what it was parsed into.
  return { body, duplicates: countMembers(text) === membersOf(body) ? none : duplicatesIn(text) }
}

const none: readonly never[] = []

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const withoutMark = (bytes: Uint8Array): Uint8Array =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes

/** Every member of every object inside. Walks with a list of its own, so that deep nesting cannot overflow. */
const membersOf = (body: object): number => {
  const waiting: unknown[] = [body]
  let count = 0
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (Array.isArray(value)) {
      for (const item of value) if (typeof item === 'object' && item !== null) waiting.push(item)
      continue
    }
    const object = value as Readonly<Record<string, unknown>>
    for (const key in object) {
      count++
      const member = object[key]
      if (typeof member === 'object' && member !== null) waiting.push(member)
    }
  }
  return count
}

const duplicatesIn = (text: string): readonly string[] => {
  const duplicates = findDuplicates(text)
  if (duplicates === undefined) throw invalid('The request body is nested too deeply.')
  return duplicates
}

const parse = (bytes: Uint8Array): { readonly text: string; readonly body: unknown } => {
  try {
    const text = strictUtf8.decode(bytes)
    return { text, body: JSON.parse(text) }
  } catch (cause) {
    // The parser's own message quotes the body, which may be a prompt; only its position is passed on.
    const position = /position (\d+)/.exec(String(cause))?.[1]
    throw invalid(`The request body is not valid JSON${position === undefined ? '' : ` (at byte ${position})`}.`)
  }
}

const describe = (body: unknown): string =>
  body === null ? 'null' : Array.isArray(body) ? 'an array' : `a ${typeof body}`

const invalid = (message: string) => createVendoError(message, { code: 'validation_failed' })
