import { defineIntegration } from '../lib/define-integration.ts'

/** Notion. Its grants do not expire, so the token itself can be injected. */
export const notion = defineIntegration({
  slug: 'notion',
  name: 'Notion',
  category: 'productivity',
  profiles: ['oauth_app_install', 'byok_static'],
  connectionEnvVars: [
    { name: 'NOTION_TOKEN', source: { from: 'credential' }, secret: true, aliases: ['NOTION_API_TOKEN'] },
  ],
  autoDiscovery: true,
  docsUrl: 'https://developers.notion.com/reference/intro',
  brandColor: '#000000',
})
