import { defineIntegration } from '../lib/define-integration.ts'

/** ElevenLabs. Its client reads the key from the environment but no base URL. */
export const elevenlabs = defineIntegration({
  slug: 'elevenlabs',
  name: 'ElevenLabs',
  category: 'ai',
  profiles: ['vendo_managed_pool', 'byok_static'],
  connectionEnvVars: [
    { name: 'ELEVENLABS_API_KEY', source: { from: 'vendoApiKey' }, secret: true },
    { name: 'ELEVENLABS_BASE_URL', source: { from: 'proxyBaseUrl', suffix: '' }, secret: false },
  ],
  autoDiscovery: false,
  docsUrl: 'https://elevenlabs.io/docs/api-reference/introduction',
  brandColor: '#000000',
})
