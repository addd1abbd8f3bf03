import { defineIntegration } from '../lib/define-integration.ts'

/** Instagram. Its token rotates, so it is asked for with `token('instagram')`; the variable is read from a user's own env only. */
export const instagram = defineIntegration({
  slug: 'instagram',
  name: 'Instagram',
  category: 'social',
  profiles: ['oauth_refresh'],
  connectionEnvVars: [{ name: 'INSTAGRAM_ACCESS_TOKEN', source: { from: 'credential' }, secret: true }],
  autoDiscovery: false,
  docsUrl: 'https://developers.facebook.com/docs/instagram-platform',
  brandColor: '#e4405f',
})
