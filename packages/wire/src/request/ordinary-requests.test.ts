import type { WireFormatName } from '@vendo/contract'
import { expect, it } from 'vitest'
import { readRequestFacts } from './read-request-facts.ts'

const path = '/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse'
const schema = { type: 'object', properties: { Type: { type: 'string' }, Url: { type: 'string' } } }

/** Requests as clients send them every day. */
const requests: readonly (readonly [string, WireFormatName, object])[] = [
  [
    'a chat with tools',
    'openai-chat',
    {
      model: 'gpt-5',
      stream: true,
      stream_options: { include_usage: true },
      temperature: 0.2,
      max_completion_tokens: 100,
      tools: [{ type: 'function', function: { name: 'a', description: 'b', parameters: schema, strict: true } }],
      tool_choice: { type: 'function', function: { name: 'a' } },
      response_format: { type: 'json_schema', json_schema: { name: 'a', schema } },
      messages: [
        { role: 'system', content: 'a' },
        {
          role: 'user',
          name: 'b',
          content: [
            { type: 'text', text: 'a' },
            { type: 'image_url', image_url: { url: 'https://a.test', detail: 'low' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          refusal: null,
          annotations: [],
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'a', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'a', content: '{"type":1}' },
      ],
    },
  ],
  [
    'a chat by a router',
    'openai-chat',
    {
      model: 'anthropic/claude-sonnet-4.5',
      models: ['openai/gpt-5'],
      provider: { order: ['a'], allow_fallbacks: false },
      reasoning: { effort: 'high', exclude: true },
      usage: { include: true },
      transforms: ['middle-out'],
      plugins: [{ id: 'web', max_results: 3 }],
      messages: [
        { role: 'assistant', content: 'a', reasoning: 'b', reasoning_details: [{ type: 'reasoning.text', text: 'b' }] },
      ],
    },
  ],
  [
    'a coding agent',
    'anthropic-messages',
    {
      model: 'claude-sonnet-4-5',
      max_tokens: 32_000,
      stream: true,
      metadata: { user_id: 'a' },
      system: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }],
      thinking: { type: 'enabled', budget_tokens: 1_024 },
      context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] },
      tools: [
        { name: 'a', description: 'b', input_schema: schema, eager_input_streaming: true },
        { type: 'bash_20250124', name: 'bash' },
      ],
      messages: [
        { role: 'user', content: 'a' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'a', signature: 'b' },
            { type: 'tool_use', id: 'a', name: 'b', input: { Type: 1, type: 2 } },
            { type: 'text', text: 'a', citations: null },
          ],
        },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 'a',
              is_error: false,
              content: [{ type: 'text', text: 'a' }],
              cache_control: { type: 'ephemeral', ttl: '1h' },
            },
            {
              type: 'document',
              title: 'a',
              source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' },
              citations: { enabled: true },
            },
          ],
        },
      ],
    },
  ],
  [
    'a coding agent that keeps nothing',
    'openai-responses',
    {
      model: 'gpt-5-codex',
      instructions: 'a',
      store: false,
      stream: true,
      include: ['reasoning.encrypted_content'],
      prompt_cache_key: 'a',
      reasoning: { effort: 'medium', summary: 'auto' },
      text: { verbosity: 'low', format: { type: 'json_schema', name: 'a', schema } },
      parallel_tool_calls: false,
      tool_choice: 'auto',
      tools: [
        { type: 'function', name: 'a', strict: false, parameters: schema },
        { type: 'custom', name: 'b', format: { type: 'grammar', syntax: 'lark', definition: 'a' } },
        { type: 'local_shell' },
      ],
      input: [
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'a' }] },
        { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'a' }], encrypted_content: 'AAAA' },
        { type: 'function_call', id: 'fc_1', call_id: 'a', name: 'a', arguments: '{}', status: 'completed' },
        { type: 'function_call_output', call_id: 'a', output: 'a' },
        {
          type: 'message',
          id: 'msg_1',
          role: 'assistant',
          content: [{ type: 'output_text', text: 'a', annotations: [], logprobs: [] }],
        },
      ],
    },
  ],
  [
    'a generation',
    'gemini-generate',
    {
      systemInstruction: { parts: [{ text: 'a' }] },
      safetySettings: [{ category: 'a', threshold: 'b' }],
      generationConfig: {
        temperature: 1,
        maxOutputTokens: 9,
        responseMimeType: 'application/json',
        responseSchema: schema,
        thinkingConfig: { thinkingBudget: 0 },
      },
      tools: [{ functionDeclarations: [{ name: 'a', parameters: schema }] }, { google_search: {} }],
      toolConfig: { functionCallingConfig: { mode: 'ANY' } },
      contents: [
        { role: 'user', parts: [{ text: 'a' }, { inline_data: { mime_type: 'image/png', data: 'AAAA' } }] },
        {
          role: 'model',
          parts: [{ functionCall: { name: 'a', args: { serviceTier: 1, service_tier: 2 } }, thoughtSignature: 'a' }],
        },
        { role: 'user', parts: [{ functionResponse: { name: 'a', response: { Type: 1 } } }] },
      ],
    },
  ],
  [
    'embeddings of tokens',
    'openai-embeddings',
    { model: 'm', input: [[1, 2], [3]], encoding_format: 'base64', dimensions: 8 },
  ],
]

it.each(requests)('%s is understood (%s)', (_name, wireFormat, body) => {
  const facts = readRequestFacts(wireFormat, body, 1_000, { path })
  expect([facts.notUnderstood, facts.storedReferences]).toEqual([[], []])
})
