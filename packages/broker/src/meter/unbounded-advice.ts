import type { WireFormatName } from '@vendo/contract'
import type { BoundConstants } from '@vendo/integrations/providers'
import type { ServerTool } from '@vendo/wire'
import { findTool } from './bound-tools.ts'

/** Where a request with a tool that has no use limit was going. */
export interface UnboundedRequest {
  readonly tool: ServerTool
  readonly wireFormat: WireFormatName
  readonly slug: string
  readonly constants: BoundConstants
}

const allow = 'use a key that allows unbounded requests (`vendo keys create --allow-unbounded`)'

/** What to do about a tool without a use limit: the limit that this provider honours in this format, where there is one. */
export const unboundedAdvice = (request: UnboundedRequest): string => {
  const limit = limitOf(request)
  return limit === undefined
    ? `${request.slug} has no limit for it: leave the tool out, or ${allow}.`
    : `Set ${limit}, or ${allow}.`
}

/** Anthropic's tools that take \`max_uses\`, https://platform.claude.com/docs/en/agents-and-tools/tool-use/server-tools */
const ownLimit = /^(web_search|web_fetch|advisor)/

const limitOf = ({ tool, wireFormat, slug, constants }: UnboundedRequest): string | undefined => {
  const known = findTool(constants, tool.type)
  if (known === undefined || known.limits === 'none') return undefined
  if (slug === 'openrouter') {
    return /^openrouter:web_search/.test(tool.type)
      ? '`max_uses` and `engine: "native"` in the `parameters` of the tool, with models of Anthropic alone'
      : wireFormat === 'anthropic-messages' && ownLimit.test(tool.type)
        ? '`max_uses` on the tool, with models of Anthropic alone'
        : undefined
  }
  if (wireFormat === 'openai-responses') return '`max_tool_calls` on the request'
  return wireFormat === 'anthropic-messages' && ownLimit.test(tool.type) ? '`max_uses` on the tool' : undefined
}
