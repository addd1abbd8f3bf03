import { defineIntegration } from '../lib/define-integration.ts'

/** AssemblyAI. Its client reads no base URL from the environment. */
export const assemblyai = defineIntegration({
  slug: 'assemblyai',
  name: 'AssemblyAI',
  category: 'ai',
  profiles: ['vendo_managed_pool', 'byok_static'],
  connectionEnvVars: [
    { name: 'ASSEMBLYAI_API_KEY', source: { from: 'vendoApiKey' }, secret: true },
    { name: 'ASSEMBLYAI_BASE_URL', source: { from: 'proxyBaseUrl', suffix: '' }, secret: false },
  ],
  autoDiscovery: false,
  docsUrl: 'https://www.assemblyai.com/docs/api-reference/overview',
  brandColor: '#2545d3',
})
