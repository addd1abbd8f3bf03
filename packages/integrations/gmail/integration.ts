import { defineIntegration } from '../lib/define-integration.ts'

/** Gmail. Its token rotates, so it is asked for with `token('gmail')`; the variable is read from a user's own env only. */
export const gmail = defineIntegration({
  slug: 'gmail',
  name: 'Gmail',
  category: 'messaging',
  profiles: ['oauth_refresh'],
  connectionEnvVars: [{ name: 'GMAIL_ACCESS_TOKEN', source: { from: 'credential' }, secret: true }],
  autoDiscovery: false,
  docsUrl: 'https://developers.google.com/workspace/gmail/api/guides',
  brandColor: '#ea4335',
})
