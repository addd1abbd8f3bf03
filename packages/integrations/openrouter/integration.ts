import { defineIntegration } from '../lib/define-integration.ts'

/** Many models behind one address; the broker adds the `/api` that its own paths begin with. */
export const openrouter = defineIntegration({
  slug: 'openrouter',
  name: 'OpenRouter',
  category: 'ai',
  profiles: ['vendo_managed_pool', 'byok_static'],
  connectionEnvVars: [
    { name: 'OPENROUTER_API_KEY', source: { from: 'vendoApiKey' }, secret: true },
    { name: 'OPENROUTER_BASE_URL', source: { from: 'proxyBaseUrl', suffix: '/v1' }, secret: false },
  ],
  autoDiscovery: true,
  docsUrl: 'https://openrouter.ai/docs/api-reference/overview',
  brandColor: '#6467f2',
})
