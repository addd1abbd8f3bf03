import type { WireFormatName } from '@vendo/contract'
import {
  type RequestFacts,
  readRequestFacts,
  readStoredReferences,
  type StoredReference,
  spliceIncludeUsage,
} from '@vendo/wire'
import { assertListLengths } from './assert-list-lengths.ts'
import { parseJsonBody } from './parse-json-body.ts'

/** The body of a metered request and what it is read with: plain data that can go to another thread. */
export interface MeteredBodyInput {
  readonly bytes: Uint8Array
  readonly wireFormat: WireFormatName
  readonly path: string
  /** A chat stream that does not ask for its usage is made to ask. */
  readonly asksForChatUsage: boolean
  /** Nothing is billed for it: only the stored objects that it names count. */
  readonly free?: boolean
}

/** The same as it arrived: in parts, which a thread puts together. */
export interface MeteredBodyInParts extends Omit<MeteredBodyInput, 'bytes'> {
  readonly parts: readonly Uint8Array[]
}

/** What a body says, and the bytes that go on: plain data that can come from another thread. */
export interface MeteredBody {
  readonly facts: RequestFacts
  readonly outgoing: Uint8Array
  /** The outgoing bytes ask for the usage where the client's did not. */
  readonly usageAdded: boolean
  /** Stored objects at the provider that it names. */
  readonly references: readonly StoredReference[]
}

/**
 * Reads what decides the cost of a request, and makes the bytes that are forwarded. A function of its input alone.
 *
 * @throws {VendoError} `validation_failed`
 */
export const readMeteredBody = (input: MeteredBodyInput): MeteredBody => {
  const { bytes, wireFormat, path, asksForChatUsage } = input
  const { body, duplicates } = parseJsonBody(bytes)
  assertListLengths(body)
  const facts = readRequestFacts(wireFormat, body, bytes.length, { path, duplicates })
  const asks = asksForChatUsage && wireFormat === 'openai-chat' && facts.stream && !facts.asksForUsage
  const spliced = asks ? spliceIncludeUsage(bytes) : undefined
  const references = input.free === true ? readStoredReferences(wireFormat, body, duplicates) : facts.storedReferences
  return { facts, outgoing: spliced ?? bytes, usageAdded: spliced !== undefined, references }
}
