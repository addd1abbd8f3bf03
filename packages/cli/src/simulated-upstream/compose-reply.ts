import { createHash } from 'node:crypto'
import type { Asked, OfferedTool } from './asked.ts'
import { exampleArguments } from './example-arguments.ts'
import { cached } from './fixtures/cached.ts'
import { cacheablePrefixCharacters, cachedPrefixTokens, type Fixture } from './fixtures/fixture.ts'
import { plain } from './fixtures/plain.ts'
import { thinking } from './fixtures/thinking.ts'
import { toolCall } from './fixtures/tool-call.ts'
import { toolResult } from './fixtures/tool-result.ts'

/** The answer to a request before a wire format writes it down. */
export interface Reply {
  /** Pieces as they are streamed. */
  readonly thinking: readonly string[]
  readonly text: readonly string[]
  readonly toolCall: { readonly name: string; readonly arguments: Readonly<Record<string, unknown>> } | undefined
  readonly usage: ReplyUsage
  readonly stop: 'end' | 'limit' | 'tool'
}

/** Disjoint token counts; reasoning is inside `output`. */
export interface ReplyUsage {
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly output: number
  readonly reasoning: number
}

/** What was asked before, as far as it matters: which prefixes a cache would hold. */
export type Composer = (asked: Asked) => Reply

/** Composes answers from the fixtures. Deterministic: the same requests in the same order get the same answers. */
export const createComposer = (): Composer => {
  const seen = new Set<string>()
  return (asked) => {
    const tool = calledTool(asked)
    const isCached = (asked.prefix?.length ?? 0) >= cacheablePrefixCharacters
    const fixture = selectFixture(asked, tool, isCached)
    const digest = createHash('sha256')
      .update(`${asked.model}\n${asked.prefix ?? ''}`)
      .digest('hex')
    const isRead = isCached && seen.has(digest)
    if (isCached) seen.add(digest)
    return replyOf(asked, fixture, tool, {
      cacheRead: isRead ? cachedPrefixTokens : 0,
      cacheWrite: isCached && !isRead ? cachedPrefixTokens : 0,
    })
  }
}

const calledTool = ({ tools, hasToolResult }: Asked): OfferedTool | undefined => (hasToolResult ? undefined : tools[0])

const selectFixture = (asked: Asked, tool: OfferedTool | undefined, isCached: boolean): Fixture => {
  if (tool !== undefined) return toolCall
  if (asked.hasToolResult) return toolResult
  if (asked.thinks) return thinking
  return isCached ? cached : plain
}

const replyOf = (
  asked: Asked,
  fixture: Fixture,
  tool: OfferedTool | undefined,
  cache: Pick<ReplyUsage, 'cacheRead' | 'cacheWrite'>,
): Reply => {
  const { usage } = fixture
  const output = Math.min(usage.output, asked.limit ?? usage.output)
  const reasoning = Math.min(usage.reasoning, output)
  const isCut = output < usage.output
  const spoken = usage.output - usage.reasoning
  return {
    thinking: share(piecesOf(fixture.thinking ?? ''), reasoning, usage.reasoning),
    text: share(piecesOf(fixture.text.replace('{question}', beginningOf(asked.question))), output - reasoning, spoken),
    // A call that the limit cuts off has no complete arguments, so it is not made.
    toolCall: tool === undefined || isCut ? undefined : { name: tool.name, arguments: exampleArguments(tool.schema) },
    usage: { input: usage.input, ...cache, output, reasoning },
    stop: isCut ? 'limit' : tool === undefined ? 'end' : 'tool',
  }
}

const beginningOf = (question: string): string => {
  const line = question.trim().replace(/\s+/g, ' ')
  return line.length > 60 ? `${line.slice(0, 57)}...` : line
}

const piecesOf = (text: string): readonly string[] => text.match(/\s*\S+/g) ?? []

/** As much of the answer as so many of its tokens would make. */
const share = (pieces: readonly string[], tokens: number, allTokens: number): readonly string[] =>
  pieces.slice(0, allTokens === 0 ? 0 : Math.floor((pieces.length * tokens) / allTokens))
