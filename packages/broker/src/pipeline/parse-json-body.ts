import { createVendoError } from '@vendo/contract'
import { countMembers, scanTopLevelMembers, type TopLevelMembers } from '@vendo/wire'

/** A byte order mark is no JSON, and must not be dropped on the way: the bytes are forwarded as they are. */
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const openBrace = 0x7b

/**
 * Parses the body of a metered request. A member that stands twice at the top, or in an object there (Gemini's
 * `generationConfig`), is refused: which of two `model`s or `max_tokens` a provider would follow is not ours to guess when
 * money depends on it. So is a body whose members cannot be told apart, because it is nested too deeply.
 *
 * @throws {VendoError} `validation_failed`
 */
export const parseJsonBody = (bytes: Uint8Array): Readonly<Record<string, unknown>> => {
  if (bytes.length === 0) throw invalid('The request body is empty; a JSON object is expected.')
  const { text, body } = parse(bytes)
  if (!isObject(body)) throw invalid(`The request body is ${describe(body)}; a JSON object is expected.`)
  // Keys that stand twice are looked for only where there are more of them in the text than in what it was parsed into.
  const twice = countMembers(text) === membersOf(body) ? undefined : duplicateIn(bytes)
  if (twice !== undefined) throw invalid(`The request body has ${JSON.stringify(twice)} twice.`)
  return body
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const membersOf = (body: Readonly<Record<string, unknown>>): number => {
  const keys = Object.keys(body)
  let count = keys.length
  for (const key of keys) {
    const value = body[key]
    if (isObject(value)) count += Object.keys(value).length
  }
  return count
}

const duplicateIn = (bytes: Uint8Array): string | undefined => {
  const top = scanMembers(bytes)
  if (top.duplicates[0] !== undefined) return top.duplicates[0]
  for (const { key, valueStart, valueEnd } of top.members) {
    if (bytes[valueStart] !== openBrace) continue
    const [inner] = scanMembers(bytes.subarray(valueStart, valueEnd)).duplicates
    if (inner !== undefined) return `${key}.${inner}`
  }
  return undefined
}

const scanMembers = (bytes: Uint8Array): TopLevelMembers => {
  const scan = scanTopLevelMembers(bytes)
  if (scan === undefined) throw invalid('The request body is nested too deeply.')
  return scan
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
