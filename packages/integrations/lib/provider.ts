import type { ErrorShape, Meter, Secret, WireFormatName } from '@vendo/contract'

/** Puts exactly one credential on an outgoing request's headers (a flat name, value, name, value list, lower-case names). */
export type ApplyCredential = (headers: string[], secret: Secret) => void

/** `Authorization: Bearer <secret>`. */
export const bearer = (): ApplyCredential => (headers, secret) => {
  headers.push('authorization', `Bearer ${secret.reveal()}`)
}

/** A header of the provider's own that holds the bare secret. */
export const header =
  (name: string): ApplyCredential =>
  (headers, secret) => {
    headers.push(name, secret.reveal())
  }

/** One route that the broker forwards. Anything unlisted is blocked. */
export interface Route {
  /** A free GET route answers HEAD as well, so no table lists that. */
  readonly method: 'GET' | 'HEAD' | 'POST' | 'DELETE'
  /** Canonical path at the upstream; `:name` stands for one segment, `:name:method` for one that ends with `:method`. */
  readonly path: string
  /** `metered` routes hold and charge; `free` ones are admitted at $0. */
  readonly class: 'metered' | 'free'
  /** How to read the request and the usage of the answer. Free routes may have one too: their usage is recorded, not charged. */
  readonly wireFormat?: WireFormatName
  /** A free route whose body is a request of this format, and may name objects that are stored at the provider. */
  readonly bodyFormat?: WireFormatName
  /** The `:name` segment that is the id of a stored response: on a pooled credential only the tenant that made it may use it. */
  readonly ownedBySegment?: string
  /** The request body goes to the provider as it arrives, and is never in memory as a whole. A metered one has a `form`. */
  readonly streamsBody?: true
  /** A metered route that takes sound in a `multipart/form-data` body, whose fields are read while it goes by. */
  readonly form?: SoundForm
  /** Shows what belongs to the whole account: refused on a pooled credential, which several tenants share. */
  readonly ownAccountOnly?: true
  /** A free GET route whose answer may be kept for all callers for this long. */
  readonly cacheSeconds?: number
}

/** What decides the largest cost of a form with sound in it, from the provider's documentation. */
export interface SoundForm {
  /** Globs of the models that the route serves: no other rates are rates for it. */
  readonly models: readonly string[]
  /** Values of `response_format` whose answers tell their usage. Without that field it is `json`. */
  readonly responseFormats: readonly string[]
  /** Of the whole body. */
  readonly mostBytes: number
  /** Fewest bytes that a second of sound takes. */
  readonly leastBytesPerSecond: number
}

/** Limits of request parts whose token count the bytes do not show, from the provider's documentation. */
export interface BoundConstants {
  /** Most tokens one image can be billed as. */
  readonly imageTokens: number
  /** Most tokens a document can be billed as: the larger of bytes and pages matters, so this is tokens per byte, at least 1. */
  readonly documentTokensPerByte: number
  /** Most tokens one second of audio can be billed as, with the fewest bytes a second can take. */
  readonly audioTokensPerByte: number
  /** Fixed tokens that the provider adds around a request, and when it offers tools. */
  readonly framingTokens: number
  readonly toolPromptTokens: number
  /** Server tools by the prefix of their type; of several that fit, the longest. One that is not listed may cost anything. */
  readonly serverTools: Readonly<Record<string, ToolConstants>>
  /**
   * Names that models begin with which show all that they write, unless the request asks for reasoning. Of any other an
   * answer that breaks off may have reasoned unseen.
   */
  readonly shownOutput?: readonly string[]
  /**
   * Faster than these models have been seen to write, in tokens of output a second, by how their names begin; of several that
   * fit, the longest. Any other is taken to write 1,000 a second.
   */
  readonly maxOutputTokensPerSecond?: Readonly<Record<string, number>>
}

/** What a provider documents of one kind of server tool. */
export interface ToolConstants {
  /** What its fee is counted under. */
  readonly meter?: Meter
  /** The most uses that one call can make of it, whatever the request says. */
  readonly mostUses?: number
  /** The use limits of a request that count: those of all tools and of this one, its own only, or none. Default `any`. */
  readonly limits?: 'any' | 'own' | 'none'
  /** A request with this tool pays no fee under this meter. */
  readonly waives?: Meter
}

/** Our adapter for one upstream: data and references, no control flow. */
export interface Provider {
  readonly slug: string
  /** The only origin its credential may ever reach. */
  readonly origin: string
  readonly credential: ApplyCredential
  /** Headers set when the client did not send them. */
  readonly defaultHeaders: Readonly<Record<string, string>>
  /** Put in front of a path that lacks it (OpenRouter's `/api`). */
  readonly pathPrefix: string
  readonly errorShape: ErrorShape
  readonly routes: readonly Route[]
  /**
   * Query parameters that a metered call may have, with the values they may have (none listed = any). Absent = all may be
   * there. For providers that let a caller take the usage out of the answer, or turn it into a format that nobody reads.
   */
  readonly meteredQuery?: Readonly<Record<string, readonly string[]>>
  readonly bound: BoundConstants
  /** OpenAI: a chat stream reports usage only if asked, so the broker asks, and hides the answer from clients that did not. */
  readonly asksForChatUsage: boolean
  /** The provider reports the cost of each call, which is then what the call is settled at. */
  readonly reportsCost: boolean
}

/** Declares a provider; keeps its literal types. */
export const defineProvider = <const P extends Provider>(provider: P): P => provider
