import type { WireFormatName } from '@vendo/contract'
import { isRawObject, type RawObject } from '../reader/answer-state.ts'
import type { StoredReference } from '../request-facts.ts'
import { anthropicMembers } from './members/anthropic-members.ts'
import { geminiCountMembers, geminiMembers } from './members/gemini-members.ts'
import { openAiChatMembers } from './members/openai-chat-members.ts'
import { openAiEmbeddingsMembers } from './members/openai-embeddings-members.ts'
import { openAiResponsesMembers } from './members/openai-responses-members.ts'
import { costAt, type MemberFindings, readMembers } from './members/read-members.ts'
import { cost, members, type ObjectRule } from './members/rule.ts'

const tables: { readonly [Name in WireFormatName]: ObjectRule } = {
  'anthropic-messages': anthropicMembers,
  'openai-chat': openAiChatMembers,
  'openai-responses': openAiResponsesMembers,
  'openai-embeddings': openAiEmbeddingsMembers,
  // The fields of a form are judged where the form is read.
  'openai-transcription': members({}),
  'gemini-generate': geminiMembers,
}

/**
 * What a body says that is not understood, and the stored objects that it names. `duplicates` are the paths of members that
 * stand twice in its text: each counts, but for those in data of the client's.
 */
export const readFindings = (
  wireFormat: WireFormatName,
  body: RawObject,
  duplicates: readonly string[],
): Omit<MemberFindings, 'unreadInput'> => {
  const table = tables[wireFormat]
  const findings = readMembers(table, body)
  if (duplicates.length === 0) return findings
  const twice = duplicates.filter((path) => costAt(table, body, path) !== undefined)
  if (twice.length === 0) return findings
  return {
    cost: cost.any,
    notUnderstood: [...new Set([...findings.notUnderstood, ...twice])],
    storedReferences: findings.storedReferences,
  }
}

/**
 * The stored objects that a request names, for a route that is not metered and so reads nothing else of its body, such as the
 * ones that count tokens. Takes anything and never throws. What is not understood and may bring in an object is one without an
 * id; so is each of the `duplicates` that `parseJsonBody` found.
 */
export const readStoredReferences = (
  wireFormat: WireFormatName,
  body: unknown,
  duplicates: readonly string[] = [],
): readonly StoredReference[] => {
  if (!isRawObject(body)) return []
  const table = wireFormat === 'gemini-generate' ? geminiCountMembers : tables[wireFormat]
  const { storedReferences, unreadInput } = readMembers(table, body)
  const unread = [
    ...(unreadInput === undefined ? [] : [unreadInput]),
    ...duplicates.filter((path) => costAt(table, body, path) !== undefined),
  ]
  return unread.length === 0
    ? storedReferences
    : [...storedReferences, ...unread.map((path): StoredReference => ({ path, kind: 'item', id: null }))]
}
