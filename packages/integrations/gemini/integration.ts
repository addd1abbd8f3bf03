import { defineIntegration } from '../lib/define-integration.ts'

/** Gemini through the Generative Language API. Its clients put the API version on the path themselves, so the base URL has none. */
export const gemini = defineIntegration({
  slug: 'gemini',
  name: 'Gemini',
  category: 'ai',
  profiles: ['vendo_managed_pool', 'byok_static'],
  connectionEnvVars: [
    {
      name: 'GEMINI_API_KEY',
      source: { from: 'vendoApiKey' },
      secret: true,
      aliases: ['GOOGLE_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY'],
    },
    { name: 'GOOGLE_GEMINI_BASE_URL', source: { from: 'proxyBaseUrl', suffix: '' }, secret: false },
    { name: 'GEMINI_BASE_URL', source: { from: 'proxyBaseUrl', suffix: '' }, secret: false },
  ],
  autoDiscovery: true,
  docsUrl: 'https://ai.google.dev/gemini-api/docs',
  brandColor: '#4285f4',
})
