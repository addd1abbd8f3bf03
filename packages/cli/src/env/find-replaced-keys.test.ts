import { describe, expect, it } from 'vitest'
import { findReplacedKeys } from './find-replaced-keys.ts'

const slugs = ['anthropic', 'openai', 'openrouter', 'gemini']
const find = (env: Record<string, string>, dotenv?: Record<string, string>) => findReplacedKeys({ env, dotenv, slugs })

const key = 'sk-fake/key+0123456789'

describe('findReplacedKeys', () => {
  it.each([
    'CLAUDE_API_KEY',
    'CLAUDE_CODE_OAUTH_TOKEN',
    'ANTHROPIC_AUTH_TOKEN',
    'ANTHROPIC_KEY',
    'anthropic_api_key',
    'anthropic_base_url',
    'openai_api_key',
    'openaiApiKey',
    'openai-api-key',
    'OpenAIApiKey',
    'OPENAI_APIKEY',
    'OPENAIKEY',
    'OPEN_AI_KEY',
    'OPENAI_KEY',
    'OPENAI_TOKEN',
    'OPENAI_API_KEY_2',
    'OPENAI_API_KEY2',
    'OPENAI_API_KEYS',
    'OPENAI_API_KEY_PROD',
    'OPENAI_API_KEY_FILE',
    'MY_OPENAI_API_KEY',
    'NEXT_PUBLIC_OPENAI_API_KEY',
    'AZURE_OPENAI_API_KEY',
    'OPENAI_API_BASE',
    'OPENAI_API_URL',
    'OPENAI_API_HOST',
    'OPENAI_ENDPOINT',
    'ANTHROPIC_API_URL',
    'ANTHROPIC_BEDROCK_BASE_URL',
    'OPEN_ROUTER_API_KEY',
    'google_api_key',
    'GOOGLE_GENERATIVE_AI_API_KEY',
    'GOOGLE_GENAI_API_KEY',
    'VENDO_TOKEN_OPENAI',
  ])('finds %s by its name, in the environment and in a file', (name) => {
    expect(find({ [name]: 'https://some.value/1' })).toEqual([name])
    expect(find({}, { [name]: 'https://some.value/1' })).toEqual([name])
  })

  it.each([
    ['the same', key],
    ['between spaces', `  ${key} `],
    ['in double quotes', `"${key}"`],
    ['in single quotes', `'${key}'`],
    ['behind Bearer', `Bearer ${key}`],
    ['in a header', `x-api-key: ${key}`],
    ['in JSON', JSON.stringify({ key })],
    ['in a list', `one,${key},two`],
    ['in a URL', `https://user:${encodeURIComponent(key)}@llm.example.com/v1`],
    ['in base64', Buffer.from(key).toString('base64')],
  ])('finds a variable of any name whose value has the key: %s', (_, value) => {
    expect(find({ ANTHROPIC_API_KEY: key, LLM: value })).toEqual(['ANTHROPIC_API_KEY', 'LLM'])
    expect(find({ LLM: value }, { OPENAI_API_KEY: `"${key}"` })).toEqual(['LLM', 'OPENAI_API_KEY'])
  })

  it('finds headers that authorize', () => {
    expect(find({ ANTHROPIC_CUSTOM_HEADERS: 'Authorization: Bearer other' })).toEqual(['ANTHROPIC_CUSTOM_HEADERS'])
    expect(find({ ANTHROPIC_CUSTOM_HEADERS: 'x-team: one' })).toEqual([])
  })

  it.each([
    ['OPENAI_MODEL', 'gpt-5-mini'],
    ['OPENAI_ORG_ID', 'org-fake'],
    ['OPENAI_PROJECT', 'proj_fake'],
    ['OPENAI_MAX_TOKENS', '4096'],
    ['OPENAI_MAX_TOKEN', '4096'],
    ['OPENAI_WEBHOOK_SECRET', 'whsec_fake'],
    ['OPENAI_WEBHOOK_URL', 'https://app.example.com'],
    ['OPENAI_PROMPT_CACHE_KEY', 'team-1'],
    ['OPENAI_MONKEY', 'see'],
    ['CLAUDE_CODE_MAX_OUTPUT_TOKENS', '64000'],
    ['CLAUDE_CONFIG_DIR', '/home/me/.claude'],
    ['ANTHROPIC_MODEL', 'claude-haiku-4-5'],
    ['ANTHROPIC_LOG', 'debug'],
    ['GOOGLE_APPLICATION_CREDENTIALS', '/home/me/gcp.json'],
    ['GOOGLE_CLOUD_PROJECT', 'team'],
    ['DATABASE_URL', 'postgres://db.example.com/x'],
    ['SSH_AUTH_SOCK', '/tmp/ssh'],
    ['API_KEY', 'of-something-else-1'],
    ['OTHER_API_KEY', 'test'],
    ['NODE_ENV', 'test'],
    ['PATH', '/usr/bin'],
    ['CLAUDE_API_KEY', ' '],
  ])('leaves %s=%s alone', (name, value) => {
    expect(find({ OPENAI_API_KEY: 'test', [name]: value })).toEqual(['OPENAI_API_KEY'])
  })

  it('leaves the keys of integrations that are not replaced, and the other credentials of those that are not forwarded', () => {
    const env = { OPENAI_API_KEY: key, SLACK_SIGNING_SECRET: 'fake-1', SUPABASE_URL: 'https://db.example.com' }
    expect(findReplacedKeys({ env, slugs: ['slack', 'supabase'] })).toEqual([])
    expect(findReplacedKeys({ env: { ...env, SLACK_TOKEN: 'fake-2' }, slugs: ['slack'] })).toEqual(['SLACK_TOKEN'])
    expect(findReplacedKeys({ env, slugs: [] })).toEqual([])
  })
})
