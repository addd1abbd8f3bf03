import { defineIntegration } from '../lib/define-integration.ts'

/** GPT and embeddings. */
export const openai = defineIntegration({
  slug: 'openai',
  name: 'OpenAI',
  category: 'ai',
  profiles: ['vendo_managed_pool', 'byok_static'],
  connectionEnvVars: [
    { name: 'OPENAI_API_KEY', source: { from: 'vendoApiKey' }, secret: true },
    { name: 'OPENAI_BASE_URL', source: { from: 'proxyBaseUrl', suffix: '/v1' }, secret: false },
  ],
  autoDiscovery: true,
  docsUrl: 'https://platform.openai.com/docs/api-reference',
  brandColor: '#10a37f',
})
