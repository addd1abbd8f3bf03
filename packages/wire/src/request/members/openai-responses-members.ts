import { cacheControl, cacheOptions } from './cache-members.ts'
import { content, part } from './part-members.ts'
import { routerMembers, routerVariant } from './router-members.ts'
import {
  cost,
  count,
  flag,
  listOf,
  members,
  type ObjectRule,
  objectOf,
  opaque,
  plain,
  type Rule,
  text,
} from './rule.ts'
import { storedItem } from './stored-item.ts'

const file = text(cost.input, { reference: 'file' })
const files = listOf(cost.input, file)

const containerObject = objectOf(cost.input | cost.tools, {
  type: text(cost.tools),
  container_id: text(cost.input, { reference: 'container' }),
  file_ids: files,
  memory_limit: text(cost.tools),
  skills: listOf(
    cost.input,
    objectOf(cost.input, {
      type: text(cost.input),
      skill_id: text(cost.input, { reference: 'container' }),
      ...plain('source'),
    }),
  ),
  ...plain('network_policy'),
})

const container: Rule = { ...containerObject, ...text(cost.input | cost.tools, { reference: 'container' }) }

/** Where a shell runs; for tools on a computer it is the name of a system. */
const environment: Rule = { ...containerObject, text: true }

const toolMembers = {
  type: text(cost.tools),
  container,
  environment,
  execution: text(cost.tools),
  vector_store_ids: listOf(cost.input, text(cost.input, { reference: 'vector_store' })),
  input_image_mask: objectOf(cost.input, { file_id: file, image_url: text(cost.input) }),
  model: text(cost.models),
  max_uses: count(cost.tools),
  cache_control: cacheControl,
  ...plain('name', 'description', 'parameters', 'strict', 'output_schema', 'headers', 'allowed_tools', 'filters'),
  ...plain('input_schema', 'annotations', 'require_approval', 'ranking_options', 'format', 'user_location'),
}
const innerTool = objectOf(cost.tools, toolMembers, { variant: routerVariant })
const tools = listOf(
  cost.tools,
  objectOf(cost.tools, { ...toolMembers, tools: listOf(cost.tools, innerTool) }, { variant: routerVariant }),
)

const itemTypes = [
  ...['message', 'item_reference', 'reasoning', 'compaction', 'compaction_trigger', 'configuration_update'],
  ...['function_call', 'function_call_output', 'custom_tool_call', 'custom_tool_call_output', 'web_search_call'],
  ...['file_search_call', 'code_interpreter_call', 'image_generation_call', 'computer_call', 'computer_call_output'],
  ...['mcp_list_tools', 'mcp_call', 'mcp_approval_request', 'mcp_approval_response', 'local_shell_call'],
  ...['local_shell_call_output', 'shell_call', 'shell_call_output', 'apply_patch_call', 'apply_patch_call_output'],
  ...['tool_search_call', 'tool_search_output', 'additional_tools', 'program', 'program_output'],
  // Parts that may stand where an item is expected.
  ...['input_text', 'input_image', 'input_file', 'input_audio', 'output_text', 'computer_screenshot'],
]

const partTable = part.object?.members ?? new Map<string, Rule>()
const shellOutput = members(plain('stdout', 'stderr', 'outcome', 'created_by'))

const output: Rule = {
  cost: cost.input,
  object: {
    members: new Map(),
    variant: ({ outcome }) => (outcome == null ? part.object : shellOutput),
  },
}

const itemEntries: Readonly<Record<string, Rule>> = {
  type: text(cost.input),
  role: text(cost.input),
  tools,
  container_id: text(cost.input, { reference: 'container' }),
  encrypted_content: text(cost.input),
  result: text(cost.input),
  environment: container,
  // A patch, a list of what a shell wrote, or parts.
  output: { cost: cost.input, text: true, list: output, ...(part.object === undefined ? {} : { object: part.object }) },
  reasoning: objectOf(cost.reasoning, { effort: text(cost.reasoning), mode: text(cost.any) }),
  // The server's own lists of what a tool found.
  ...plain('results', 'outputs', 'action', 'operation', 'arguments', 'input', 'summary', 'queries', 'status'),
  ...plain('call_id', 'name', 'namespace', 'phase', 'error', 'code', 'execution', 'text', 'approve'),
  content,
}
const itemTable = new Map<string, Rule>([...partTable, ...Object.entries(itemEntries)])

const item: Rule = {
  cost: cost.input,
  object: {
    members: itemTable,
    types: new Set(itemTypes),
    unknownType: cost.input | cost.tools,
    typeMayBeAbsent: true,
    stored: storedItem,
  },
}

const prompt = objectOf(cost.any, {
  id: text(cost.any, { reference: 'prompt' }),
  version: opaque,
  variables: { cost: cost.input, object: { members: new Map(), each: { ...part, text: true } } },
})

/** What decides the price of an OpenAI Responses request; OpenRouter's additions included. */
export const openAiResponsesMembers: ObjectRule = members(
  {
    ...routerMembers,
    ...cacheOptions,
    model: text(cost.models),
    input: { cost: cost.input, text: true, list: item },
    instructions: { cost: cost.input, text: true, list: item },
    max_output_tokens: count(cost.output),
    max_tool_calls: count(cost.tools),
    background: flag(cost.background),
    stream: flag(cost.none),
    stream_options: objectOf(cost.none),
    modalities: listOf(cost.modalities, text(cost.modalities)),
    previous_response_id: text(cost.input, { reference: 'response' }),
    conversation: {
      ...objectOf(cost.input, { id: text(cost.input, { reference: 'conversation' }) }),
      ...text(cost.input, { reference: 'conversation' }),
    },
    prompt,
    reasoning: objectOf(
      cost.reasoning | cost.tools,
      {
        effort: text(cost.reasoning),
        mode: text(cost.any),
        ...plain('summary', 'generate_summary', 'context', 'max_tokens', 'enabled', 'exclude'),
      },
      { unknown: cost.any },
    ),
    context_management: listOf(
      cost.tools,
      objectOf(cost.tools, { type: text(cost.tools), ...plain('compact_threshold') }),
    ),
    service_tier: text(cost.tier),
    speed: text(cost.speed),
    tools,
    cache_control: cacheControl,
    access_programs: objectOf(cost.none),
    ...plain('image', 'include', 'metadata', 'moderation', 'parallel_tool_calls', 'safety_identifier', 'store'),
    ...plain('temperature', 'text', 'tool_choice', 'top_logprobs', 'top_p', 'top_k', 'truncation', 'personality'),
    ...plain('frequency_penalty', 'presence_penalty', 'image_config'),
  },
  { unknown: cost.any },
)
