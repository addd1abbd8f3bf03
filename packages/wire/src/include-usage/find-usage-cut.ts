import { ascii, encodeText, startsWithAt } from '../bytes/ascii.ts'
import { skipWhitespace } from '../bytes/json-walk.ts'
import { isNamed, type MemberPlace, scanMembers } from '../bytes/scan-members.ts'

/** Bytes to leave out. */
export interface Cut {
  readonly from: number
  readonly to: number
}

const usageKey = encodeText('usage')
const choicesKey = encodeText('choices')
const nullText = encodeText('null')

/**
 * What a client that did not ask for usage must not see of an event's data, which lies between two places: `all` of a chunk
 * that carries only usage, the member of a `"usage":null`, and nothing (`undefined`) of any other.
 */
export const findUsageCut = (bytes: Uint8Array, start: number, end: number): 'all' | Cut | undefined => {
  const members = scanMembers(bytes, start, end)
  if (members === undefined) return undefined
  const index = members.findLastIndex((member) => isNamed(bytes, member, usageKey, 'usage'))
  const usage = members[index]
  if (usage === undefined) return undefined
  const { valueStart, valueEnd } = usage
  if (valueEnd - valueStart === nullText.length && startsWithAt(bytes, nullText, valueStart)) {
    return spanOf(usage, members[index - 1], members[index + 1])
  }
  return bytes[valueStart] === ascii.openBrace && hasNoChoices(bytes, members) ? 'all' : undefined
}

const hasNoChoices = (bytes: Uint8Array, members: readonly MemberPlace[]): boolean => {
  const choices = members.findLast((member) => isNamed(bytes, member, choicesKey, 'choices'))
  if (choices === undefined || bytes[choices.valueStart] !== ascii.openBracket) return false
  return skipWhitespace(bytes, choices.valueStart + 1, choices.valueEnd) === choices.valueEnd - 1
}

/** A member with the one comma that it needs. */
const spanOf = (member: MemberPlace, before: MemberPlace | undefined, after: MemberPlace | undefined): Cut =>
  before === undefined
    ? { from: member.keyStart, to: after?.keyStart ?? member.valueEnd }
    : { from: before.valueEnd, to: member.valueEnd }
