import { ascii, decodeText, encodeText, withoutByteOrderMark } from '../bytes/ascii.ts'
import { type MemberSpan, scanTopLevelMembers } from '../bytes/scan-top-level-members.ts'

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/**
 * The bytes of an OpenAI chat body, changed so that its stream reports usage: `stream_options.include_usage` is added or set
 * to true, every other byte stays as it was. `undefined` where there is nothing to do: the body asks already, is not a JSON
 * object, or has `stream_options` that the provider will refuse. Whether the body asks for a stream is for the caller to know.
 */
export const spliceIncludeUsage = (body: Uint8Array): Uint8Array | undefined => {
  const plain = withoutByteOrderMark(body)
  if (plain.length === body.length) return spliceInto(body)
  const spliced = spliceInto(plain)
  return spliced === undefined ? undefined : concatBytes(body.subarray(0, body.length - plain.length), spliced)
}

const spliceInto = (body: Uint8Array): Uint8Array | undefined => {
  const scan = scanTopLevelMembers(body)
  if (scan === undefined) return undefined
  const options = scan.members.filter(({ key }) => key === 'stream_options')
  if (options.length === 0) {
    return applyEdits(body, [insertMember(scan.members, body, '"stream_options":{"include_usage":true}')])
  }
  const edits = options.map((member) => editOptions(body, member))
  if (edits.some((edit) => edit === undefined)) return undefined
  const changes = edits.flatMap((edit) => edit ?? [])
  return changes.length === 0 ? undefined : applyEdits(body, changes)
}

/** No edits = it asks already; `undefined` = these options cannot be understood. */
const editOptions = (body: Uint8Array, { valueStart, valueEnd }: MemberSpan): readonly Edit[] | undefined => {
  const value = body.subarray(valueStart, valueEnd)
  if (decodeText(value.subarray(0, 5)) === 'null') {
    return [{ start: valueStart, end: valueEnd, text: '{"include_usage":true}' }]
  }
  const inner = scanTopLevelMembers(value)
  if (inner === undefined) return undefined
  const asked = inner.members.filter(({ key }) => key === 'include_usage')
  const edits =
    asked.length === 0
      ? [insertMember(inner.members, value, '"include_usage":true')]
      : asked
          .filter((member) => decodeText(value.subarray(member.valueStart, member.valueEnd)) !== 'true')
          .map((member) => ({ start: member.valueStart, end: member.valueEnd, text: 'true' }))
  return edits.map(({ start, end, text }) => ({ start: start + valueStart, end: end + valueStart, text }))
}

const insertMember = (members: readonly MemberSpan[], object: Uint8Array, member: string): Edit => {
  const last = members.at(-1)
  const position = last?.valueEnd ?? object.indexOf(ascii.openBrace) + 1
  return { start: position, end: position, text: last === undefined ? member : `,${member}` }
}

const concatBytes = (start: Uint8Array, rest: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(start.length + rest.length)
  bytes.set(start)
  bytes.set(rest, start.length)
  return bytes
}

/** Edits in ascending order, without overlap. */
const applyEdits = (body: Uint8Array, edits: readonly Edit[]): Uint8Array => {
  const parts: Uint8Array[] = []
  let position = 0
  for (const { start, end, text } of edits) {
    parts.push(body.subarray(position, start), encodeText(text))
    position = end
  }
  parts.push(body.subarray(position))
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    result.set(part, offset)
    offset += part.length
  }
  return result
}
