import { cacheControl, cacheOptions } from './cache-members.ts'
import { content, part } from './part-members.ts'
import { routerMembers, routerVariant } from './router-members.ts'
import { cost, count, flag, listOf, members, type ObjectRule, objectOf, opaque, plain, text } from './rule.ts'

const message = objectOf(cost.input, {
  role: text(cost.input),
  content,
  audio: objectOf(cost.input, {
    id: text(cost.input, { reference: 'audio' }),
    ...plain('data', 'transcript', 'expires_at'),
  }),
  images: { cost: cost.input, list: part },
  cache_control: cacheControl,
  ...plain('name', 'tool_calls', 'tool_call_id', 'function_call', 'refusal', 'parsed', 'annotations'),
  ...plain('reasoning', 'reasoning_content', 'reasoning_details'),
})

/** What decides the price of an OpenAI chat request; OpenRouter's additions included. */
export const openAiChatMembers: ObjectRule = members(
  {
    ...routerMembers,
    ...cacheOptions,
    model: text(cost.models),
    messages: { cost: cost.input, list: message },
    max_tokens: count(cost.output),
    max_completion_tokens: count(cost.output),
    n: count(cost.choices),
    stream: flag(cost.none),
    stream_options: objectOf(cost.none, { include_usage: flag(cost.none), ...plain('include_obfuscation') }),
    modalities: listOf(cost.modalities, text(cost.modalities)),
    audio: objectOf(cost.modalities, {
      format: text(cost.none),
      voice: { ...objectOf(cost.none, { id: text(cost.none, { reference: 'audio' }) }), text: true },
    }),
    prediction: objectOf(cost.output, { type: text(cost.output), content: { ...content, cost: cost.output } }),
    tools: listOf(
      cost.tools,
      objectOf(
        cost.tools,
        {
          type: text(cost.tools),
          function: objectOf(cost.none, plain('name', 'description', 'parameters', 'strict')),
          cache_control: cacheControl,
          ...plain('custom', 'parameters'),
        },
        { variant: routerVariant },
      ),
    ),
    functions: listOf(cost.tools, objectOf(cost.tools, plain('name', 'description', 'parameters'))),
    web_search_options: objectOf(cost.tools, { search_context_size: text(cost.tools), user_location: opaque }),
    service_tier: text(cost.tier),
    speed: text(cost.speed),
    reasoning_effort: text(cost.reasoning),
    reasoning: objectOf(cost.reasoning, { mode: text(cost.any), effort: text(cost.reasoning) }),
    thinking: objectOf(cost.reasoning),
    include_reasoning: flag(cost.reasoning),
    max_tool_calls: count(cost.tools),
    cache_control: cacheControl,
    ...plain('temperature', 'top_p', 'top_k', 'top_a', 'min_p', 'frequency_penalty', 'presence_penalty'),
    ...plain('repetition_penalty', 'logit_bias', 'logprobs', 'top_logprobs', 'seed', 'stop', 'store', 'metadata'),
    ...plain('parallel_tool_calls', 'tool_choice', 'function_call', 'response_format', 'structured_outputs'),
    ...plain('moderation', 'safety_identifier', 'verbosity', 'image_config'),
  },
  { unknown: cost.any },
)
