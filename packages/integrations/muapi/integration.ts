import { defineIntegration } from '../lib/define-integration.ts'

/** MuAPI. Its client reads no base URL from the environment. */
export const muapi = defineIntegration({
  slug: 'muapi',
  name: 'MuAPI',
  category: 'ai',
  profiles: ['vendo_managed_pool', 'byok_static'],
  connectionEnvVars: [
    { name: 'MUAPI_API_KEY', source: { from: 'vendoApiKey' }, secret: true },
    { name: 'MUAPI_BASE_URL', source: { from: 'proxyBaseUrl', suffix: '' }, secret: false },
  ],
  autoDiscovery: false,
  docsUrl: 'https://muapi.ai/docs',
  brandColor: '#7c3aed',
})
