import { defineIntegration } from '../lib/define-integration.ts'

/** GitHub. Its token rotates, so it is asked for with `token('github')`; the variable is read from a user's own env only. */
export const github = defineIntegration({
  slug: 'github',
  name: 'GitHub',
  category: 'developer',
  profiles: ['oauth_refresh'],
  connectionEnvVars: [{ name: 'GITHUB_TOKEN', source: { from: 'credential' }, secret: true, aliases: ['GH_TOKEN'] }],
  autoDiscovery: false,
  docsUrl: 'https://docs.github.com/en/rest',
  brandColor: '#181717',
})
