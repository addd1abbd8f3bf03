import { cacheControl } from './cache-members.ts'
import { content } from './part-members.ts'
import { routerMembers, routerVariant } from './router-members.ts'
import { cost, count, flag, listOf, members, type ObjectRule, objectOf, opaque, plain, text, word } from './rule.ts'

const taskBudget = objectOf(
  cost.output,
  {
    type: word(cost.output, 'tokens'),
    total: count(cost.output),
    remaining: count(cost.output),
  },
  { unknown: cost.any },
)

const thinking = objectOf(
  cost.reasoning,
  {
    type: text(cost.reasoning),
    budget_tokens: count(cost.reasoning),
    // Blocks are dropped or the request fails: what comes in is never more.
    block_binding: objectOf(
      cost.input,
      { prefix_mismatch_behavior: word(cost.input, 'error', 'drop_block') },
      { unknown: cost.any },
    ),
    ...plain('display'),
  },
  { unknown: cost.any },
)

const tool = objectOf(
  cost.tools,
  {
    type: text(cost.tools),
    max_uses: count(cost.tools),
    model: text(cost.models),
    max_tokens: count(cost.tools),
    cache_control: cacheControl,
    caching: cacheControl,
    ...plain('name', 'description', 'input_schema', 'strict', 'parameters'),
  },
  { variant: routerVariant },
)

/** What decides the price of an Anthropic Messages request; OpenRouter's additions included. */
export const anthropicMembers: ObjectRule = members(
  {
    ...routerMembers,
    model: text(cost.models),
    max_tokens: count(cost.output),
    messages: {
      cost: cost.input,
      list: objectOf(cost.input, {
        role: text(cost.input),
        content,
        cache_control: cacheControl,
        ...plain('clear_at', 'output_config', 'id', 'name'),
      }),
    },
    system: content,
    tools: listOf(cost.tools, tool),
    mcp_servers: listOf(cost.tools, objectOf(cost.tools)),
    container: {
      ...objectOf(
        cost.input,
        {
          id: text(cost.input, { reference: 'container' }),
          skills: listOf(
            cost.input,
            objectOf(
              cost.input,
              {},
              { members: new Map(), variant: ({ type }) => (type === 'anthropic' ? ownSkill : customSkill) },
            ),
          ),
        },
        { unknown: cost.any },
      ),
      ...text(cost.input, { reference: 'container' }),
    },
    context_management: objectOf(
      cost.tools,
      {
        edits: listOf(cost.tools, objectOf(cost.tools, { type: text(cost.tools) })),
      },
      { unknown: cost.any },
    ),
    compaction: objectOf(cost.tools),
    thread: objectOf(cost.input | cost.tools | cost.models, {
      type: text(cost.any),
      previous_message_id: text(cost.input, { reference: 'thread' }),
    }),
    diagnostics: objectOf(cost.none, { previous_message_id: text(cost.none, { reference: 'response' }) }),
    thinking,
    output_config: objectOf(
      cost.output,
      { task_budget: taskBudget, effort: text(cost.none), format: opaque },
      { unknown: cost.any },
    ),
    service_tier: text(cost.tier),
    speed: text(cost.speed),
    inference_geo: text(cost.region),
    stream: flag(cost.none),
    cache_control: cacheControl,
    ...plain('metadata', 'output_format', 'stop_sequences', 'temperature', 'tool_choice', 'top_k', 'top_p'),
    ...plain(
      'billing_policy',
      'fallback_credit_token',
      'user_profile_id',
      'workspace_id',
      'anthropic_version',
      'anthropic_beta',
    ),
  },
  { unknown: cost.any },
)

const ownSkill = members({ type: text(cost.input), skill_id: text(cost.input), ...plain('version') })

const customSkill = members({
  type: text(cost.input),
  skill_id: text(cost.input, { reference: 'container' }),
  ...plain('version'),
})
