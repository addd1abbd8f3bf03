import type { Meter } from '@vendo/contract'
import type { BoundConstants, ToolConstants } from '@vendo/integrations/providers'
import type { ServerTool } from '@vendo/wire'

/** The most that the server tools of a request can be used. */
export interface ToolBound {
  /** Uses of all tools together: each can make the model read and answer once more. */
  readonly uses: bigint
  /** Meters without a fee in this request, whatever its answer counts. */
  readonly waived: readonly Meter[]
  readonly fees: readonly { readonly meter: Meter; readonly uses: bigint }[]
  /** Calls of other models by a tool. */
  readonly calls: readonly { readonly model: string; readonly uses: bigint }[]
}

/**
 * How often a tool without any limit is expected to be used, for keys that allow unbounded requests. Their hold is then an
 * expectation: an answer that used more is settled at what it used, and flagged.
 */
export const assumedUses = 5n

/** The limits of a request's server tools, or the first tool whose cost has none. */
export const boundTools = (
  tools: readonly ServerTool[],
  constants: BoundConstants,
  allowUnbounded: boolean,
): ToolBound | { readonly unbounded: ServerTool } => {
  const fees: { meter: Meter; uses: bigint }[] = []
  const calls: { model: string; uses: bigint }[] = []
  const waived = waivedMeters(tools, constants)
  let total = 0n
  for (const tool of tools) {
    const known = findTool(constants, tool.type)
    const uses = mostUses(tool, known, allowUnbounded)
    if (uses === undefined) return { unbounded: tool }
    total += uses
    if (known?.meter !== undefined) fees.push({ meter: known.meter, uses })
    // A tool with a fee is paid by it, whichever model it works with.
    else for (const model of tool.models ?? []) calls.push({ model, uses })
  }
  return { uses: total, waived, fees: fees.filter(({ meter }) => !waived.includes(meter)), calls }
}

/** Meters that some tool of a request makes free for all of it. */
export const waivedMeters = (tools: readonly ServerTool[], constants: BoundConstants): readonly Meter[] =>
  tools.flatMap(({ type }) => findTool(constants, type)?.waives ?? [])

/** Whether something limits how often a tool can be used: the request, or its provider. */
export const hasUseLimit = (tool: ServerTool, constants: BoundConstants): boolean =>
  mostUses(tool, findTool(constants, tool.type), false) !== undefined

/** What a provider documents of a tool: the entry with the longest prefix of its type. */
export const findTool = ({ serverTools }: BoundConstants, type: string): ToolConstants | undefined =>
  Object.entries(serverTools)
    .filter(([prefix]) => type.startsWith(prefix))
    .toSorted(([left], [right]) => right.length - left.length)[0]?.[1]

/** A tool that the provider's table does not know may cost anything, whatever limit the request sets. */
const mostUses = (tool: ServerTool, known: ToolConstants | undefined, allowUnbounded: boolean): bigint | undefined => {
  const limits = [...askedLimits(tool, known), known?.mostUses].filter(
    (limit) => limit !== undefined && Number.isFinite(limit) && limit >= 0,
  )
  if (limits.length > 0 && (known !== undefined || allowUnbounded)) {
    return BigInt(Math.ceil(Math.min(...(limits as number[]))))
  }
  return allowUnbounded ? assumedUses : undefined
}

/** The limits of the request that the provider keeps to. */
const askedLimits = (
  { maxUses, sharedMaxUses }: ServerTool,
  { limits = 'any' }: ToolConstants = {},
): readonly (number | undefined)[] => {
  if (limits === 'none') return []
  return limits === 'own' ? [maxUses] : [maxUses, sharedMaxUses]
}
