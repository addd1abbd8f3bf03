/** A tool that the provider runs itself, inside the call, at the caller's cost. */
export interface ServerTool {
  /** The tool's `type` as the request writes it, such as `web_search_20250305`. */
  readonly type: string
  /** The use limit that the request sets for this tool, where its provider documents that it honours one. */
  readonly maxUses?: number
  /** The use limit that the request sets for all its server tools together (`max_tool_calls`). */
  readonly sharedMaxUses?: number
  /** Other models that the tool calls (an advisor, a panel), each priced as itself. */
  readonly models?: readonly string[]
  /** The tool may call models that the request does not name, so that no list of models can allow it. */
  readonly anyModel?: boolean
}

/** The kinds of object that a provider keeps and that a request can name. */
export type StoredReferenceKind =
  | 'response'
  | 'item'
  | 'conversation'
  | 'prompt'
  | 'container'
  | 'file'
  | 'vector_store'
  | 'audio'
  | 'thread'
  | 'cached_content'
  | 'file_uri'

/** One place where a request names an object that the provider keeps. */
export interface StoredReference {
  /** Where it stands, such as `input[3]` or `tools[0].container`. */
  readonly path: string
  readonly kind: StoredReferenceKind
  /** `null` where the request does not show which object it is. */
  readonly id: string | null
}

/**
 * What a request body says that decides the largest cost of its answer. Read from untrusted JSON: every reader returns a
 * value for anything at all and never throws; what it does not understand makes the bound larger, never smaller.
 */
export interface RequestFacts {
  readonly model: string | undefined
  /** Further models that the provider may serve instead: OpenRouter's `models`, and those of `fallbacks`. */
  readonly fallbackModels: readonly string[]
  /** Each of the models may answer in part, decline, and be billed before the next is asked (`fallbacks`). */
  readonly fallbacksAddUp: boolean
  readonly stream: boolean
  /** Upper bound of text tokens in: bytes of the body without the inline binaries that are counted below. */
  readonly textBytes: number
  /** Inline or referenced images (each bounded by the provider's documented maximum). */
  readonly images: number
  /** Inline documents (PDF and the like) with the bytes that they hold. */
  readonly documents: readonly { readonly bytes: number }[]
  /** Inline audio, in bytes after base64. */
  readonly audioBytes: number
  /** References whose size the request does not show: URLs, file ids, stored responses, conversations, prompt ids, cached content. */
  readonly remoteReferences: number
  readonly serverTools: readonly ServerTool[]
  /** The request offers tools of any kind, so that the provider adds its tool prompt. */
  readonly hasTools: boolean
  /** The largest output limit that the request sets, for any of its models; absent = the model's maximum. */
  readonly maxOutputTokens?: number
  /** How many answers are asked for (`n`). */
  readonly choices: number
  /** The dearest cache-write class that the request asks for. */
  readonly cacheWrite: 'none' | '5m' | '1h' | 'automatic'
  readonly serviceTier?: string
  readonly speed?: string
  readonly region?: string
  /** OpenAI chat: whether `stream_options.include_usage` is true. */
  readonly asksForUsage: boolean
  /** OpenAI responses: the answer comes later, to a poll. */
  readonly background: boolean
  /** The request asks for reasoning, in whole or in part invisible, and billed as output all the same. */
  readonly asksForReasoning: boolean
  /** The answer may hold audio or images, which have meters of their own. */
  readonly outputModalities: readonly ('text' | 'audio' | 'image')[]
  /**
   * Paths of members that decide the price and that are of a wrong type, stand twice or in another case, or are not known, such
   * as `tools[0].type`. At most a few are named. Each has made the facts above larger. Empty for every ordinary request.
   */
  readonly notUnderstood: readonly string[]
  /** Every object kept by the provider that the request names; those whose content it reads count as `remoteReferences` too. */
  readonly storedReferences: readonly StoredReference[]
}
