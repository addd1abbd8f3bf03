/** A tool that the provider runs itself, inside the call, at the caller's cost. */
export interface ServerTool {
  /** The tool's `type` as the request writes it, such as `web_search_20250305`. */
  readonly type: string
  /** The use limit that the request sets, if any. Without one the cost has no bound. */
  readonly maxUses?: number
  /** Another model that the tool calls (Anthropic's advisor), priced by that model. */
  readonly model?: string
}

/**
 * What a request body says that decides the largest cost of its answer. Read from untrusted JSON: every reader returns a
 * value for anything at all and never throws; what it does not understand makes the bound larger, never smaller.
 */
export interface RequestFacts {
  readonly model: string | undefined
  /** Further models that the provider may serve instead (OpenRouter's `models`). */
  readonly fallbackModels: readonly string[]
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
  /** The output limit that the request sets; absent = the model's maximum. */
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
  /** The answer may hold audio or images, which have meters of their own. */
  readonly outputModalities: readonly ('text' | 'audio' | 'image')[]
}
