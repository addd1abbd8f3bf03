import { cost, count, flag, listOf, members, objectOf, opaque, plain, type Rule, text } from './rule.ts'

/** Where one of OpenRouter's tools names how often it may run, and which models it calls. */
const routerTool = members({
  type: text(cost.tools),
  parameters: objectOf(cost.tools | cost.models, {
    max_uses: count(cost.tools),
    engine: text(cost.tools),
    model: text(cost.models),
    models: listOf(cost.models, text(cost.models)),
    analysis_models: listOf(cost.models, text(cost.models)),
    x_search: opaque,
    tools: listOf(cost.tools | cost.models, objectOf(cost.tools | cost.models)),
  }),
})

/** Picks the rule of OpenRouter's own tools, whose `parameters` are no schema. */
export const routerVariant = ({ type }: Readonly<Record<string, unknown>>) =>
  typeof type === 'string' && type.startsWith('openrouter:') ? routerTool : undefined

const fallback = {
  model: text(cost.models),
  max_tokens: count(cost.output),
  speed: text(cost.speed),
  thinking: objectOf(cost.reasoning),
  output_config: objectOf(cost.output),
}

/** What OpenRouter reads beside every format's own members, and the `fallbacks` that Anthropic has too. */
export const routerMembers: Readonly<Record<string, Rule>> = {
  models: listOf(cost.models, text(cost.models)),
  fallbacks: {
    cost: cost.models | cost.output | cost.speed | cost.reasoning,
    text: true,
    list: { ...objectOf(cost.models, fallback, { unknown: cost.any }), text: true },
  },
  plugins: listOf(
    cost.tools | cost.models,
    objectOf(cost.tools | cost.models, {
      id: text(cost.tools | cost.models),
      enabled: flag(cost.tools),
      model: text(cost.models),
      analysis_models: listOf(cost.models, text(cost.models)),
    }),
  ),
  preset: text(cost.any, { reference: 'prompt' }),
  provider: objectOf(cost.none),
  stop_server_tools_when: listOf(cost.tools),
  max_tool_calls: count(cost.tools),
  ...plain('route', 'transforms', 'usage', 'debug', 'session_id', 'trace', 'user'),
}
