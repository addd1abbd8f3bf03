import { defineIntegration } from '../lib/define-integration.ts'

/** Slack. Its token rotates, so it is asked for with `token('slack')`; the variable is read from a user's own env only. */
export const slack = defineIntegration({
  slug: 'slack',
  name: 'Slack',
  category: 'messaging',
  profiles: ['oauth_refresh'],
  connectionEnvVars: [
    { name: 'SLACK_BOT_TOKEN', source: { from: 'credential' }, secret: true, aliases: ['SLACK_TOKEN'] },
  ],
  autoDiscovery: false,
  docsUrl: 'https://docs.slack.dev/apis',
  brandColor: '#4a154b',
})
