import { cacheBreakpoint, cacheControl } from './cache-members.ts'
import { cost, members, type ObjectRule, objectOf, opaque, plain, type Rule, text } from './rule.ts'

/** Filled below, for a part may hold parts. */
const table = new Map<string, Rule>()

/** The types of Anthropic's blocks; those of results are data of its own tools, with what they found. */
const anthropicTypes = [
  ...['text', 'image', 'document', 'search_result', 'thinking', 'redacted_thinking', 'tool_use', 'tool_result'],
  ...['server_tool_use', 'web_search_tool_result', 'web_search_result', 'web_fetch_tool_result', 'web_fetch_result'],
  ...['advisor_tool_result', 'code_execution_tool_result', 'bash_code_execution_tool_result'],
  ...['text_editor_code_execution_tool_result', 'tool_search_tool_result', 'tool_reference', 'mcp_tool_use'],
  ...['mcp_tool_result', 'mcp_tool_listing', 'container_upload', 'compaction', 'tool_addition', 'tool_removal'],
  ...['fallback', 'code_execution_output', 'bash_code_execution_output', 'browser_state'],
]

const openAiTypes = [
  ...['image_url', 'input_audio', 'file', 'refusal', 'video_url', 'input_video'],
  ...['input_text', 'input_image', 'input_file', 'output_text', 'summary_text', 'reasoning_text'],
  ...['computer_screenshot', 'output_audio'],
]

const media = cost.input

/** An address, in an object or as it is. */
const address: Rule = {
  ...objectOf(media, { url: text(media), detail: text(media) }, { unknown: media }),
  text: true,
}

const source: Rule = {
  ...objectOf(
    media,
    {
      type: text(media),
      data: text(media),
      url: text(media),
      file_id: text(media, { reference: 'file' }),
      content: { cost: media, text: true, list: objectOf(media, {}, { unknown: 0 }) },
      ...plain('media_type'),
    },
    { types: new Set(['base64', 'text', 'content', 'url', 'file']), unknownType: media },
  ),
  // Of a search result it is the name of where it was found.
  text: true,
}

/** One part of the content of a message, in every format but Gemini's. */
export const part: Rule = {
  cost: media,
  object: {
    members: table,
    types: new Set([...anthropicTypes, ...openAiTypes]),
    unknownType: media,
    variant: ({ type }) => (typeof type === 'string' ? onlyTables.get(type) : undefined),
  },
}

/** Content: text, or parts. */
export const content: Rule = { cost: media, text: true, list: part }

const innerSource: Rule = {
  ...source,
  object: members(Object.fromEntries([...(source.object?.members ?? []), ['content', content]]), {
    types: new Set(['base64', 'text', 'content', 'url', 'file']),
    unknownType: media,
  }),
}

const entries: Readonly<Record<string, Rule>> = {
  type: text(media),
  text: text(media),
  source: innerSource,
  // The result of a provider's own tool may be one object.
  content: { ...content, object: { members: new Map([['content', opaque]]) } },
  image_url: address,
  video_url: address,
  audio_url: address,
  file_url: text(media),
  url: text(media),
  file_id: text(media, { reference: 'file' }),
  file_data: text(media),
  file: objectOf(
    media,
    { file_id: text(media, { reference: 'file' }), file_data: text(media), ...plain('filename', 'format') },
    { unknown: media },
  ),
  input_audio: objectOf(media, { data: text(media), ...plain('format') }, { unknown: media }),
  data: { cost: media, text: true },
  tool: objectOf(cost.tools),
  tool_changes: { cost: cost.tools, list: part },
  cache_control: cacheControl,
  prompt_cache_breakpoint: cacheBreakpoint,
  ...plain('id', 'input', 'name', 'detail', 'filename', 'title', 'context', 'citations', 'annotations', 'logprobs'),
  ...plain('tool_use_id', 'is_error', 'caller', 'server_name', 'signature', 'thinking', 'refusal', 'transformations'),
  ...plain('encrypted_content', 'page_age', 'tool_name', 'retrieved_at', 'from', 'to'),
}
for (const [name, rule] of Object.entries(entries)) table.set(name, rule)

/** What may bring something in that the request does not show. */
const bringing = [
  ...[
    'source',
    'image_url',
    'video_url',
    'audio_url',
    'file_url',
    'url',
    'file_id',
    'file_data',
    'file',
    'input_audio',
  ],
]

/** Parts of one thing alone: whatever else they bring, nobody has counted. */
const only = (...allowed: readonly string[]): ObjectRule => ({
  members: new Map([
    ...table,
    ...bringing.filter((name) => !allowed.includes(name)).map((name): [string, Rule] => [name, { cost: media }]),
  ]),
})
const textOnly = only()
const onlyTables: ReadonlyMap<string, ObjectRule> = new Map([
  ...['text', 'input_text', 'output_text', 'refusal'].map((type): [string, ObjectRule] => [type, textOnly]),
  ['input_audio', only('input_audio')],
  ['image_url', only('image_url')],
  ['file', only('file')],
  ['input_image', only('image_url', 'file_id')],
  ['input_file', only('file_url', 'file_id', 'file_data')],
])
