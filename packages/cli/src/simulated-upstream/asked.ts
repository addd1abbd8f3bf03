/** A tool that a request offers. */
export interface OfferedTool {
  readonly name: string
  /** JSON schema of its arguments. */
  readonly schema: unknown
}

/** What decides the answer, whatever the wire format that asked. */
export interface Asked {
  /** Echoed. */
  readonly model: string
  readonly stream: boolean
  /** Most output tokens. */
  readonly limit: number | undefined
  /** Tools the model may call now. */
  readonly tools: readonly OfferedTool[]
  readonly hasToolResult: boolean
  readonly thinks: boolean
  /** Text that a cache would keep. */
  readonly prefix: string | undefined
  /** Text of the last user message. */
  readonly question: string
}

/** An object from JSON whose fields nobody has checked. */
export type Fields = Readonly<Record<string, unknown>>

/** `value` as an object; an empty one if it is none. */
export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}

/** `value` as a list; an empty one if it is none. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** `value` if it is text. */
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** `value` if it is a positive whole number. */
export const countOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined

/** The text of a message's content, which is text or a list of parts. */
export const contentText = (content: unknown): string =>
  textOf(content) ??
  listOf(content)
    .map((part) => textOf(fieldsOf(part)['text']) ?? '')
    .join('')
