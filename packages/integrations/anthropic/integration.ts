import { defineIntegration } from '../lib/define-integration.ts'

/** Claude through the Messages API. The base URL ends in `/v1`: the official SDK then calls `/v1/v1/messages`, the AI SDK `/v1/messages`, and the broker takes both. */
export const anthropic = defineIntegration({
  slug: 'anthropic',
  name: 'Anthropic',
  category: 'ai',
  profiles: ['vendo_managed_pool', 'byok_static'],
  connectionEnvVars: [
    { name: 'ANTHROPIC_API_KEY', source: { from: 'vendoApiKey' }, secret: true },
    { name: 'ANTHROPIC_BASE_URL', source: { from: 'proxyBaseUrl', suffix: '/v1' }, secret: false },
  ],
  autoDiscovery: true,
  docsUrl: 'https://platform.claude.com/docs/en/api/overview',
  brandColor: '#d97757',
})
