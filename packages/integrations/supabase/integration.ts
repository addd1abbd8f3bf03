import { defineIntegration } from '../lib/define-integration.ts'

/** Supabase. Its token rotates, so it is asked for with `token('supabase')`; the variable is read from a user's own env only. */
export const supabase = defineIntegration({
  slug: 'supabase',
  name: 'Supabase',
  category: 'developer',
  profiles: ['oauth_refresh'],
  connectionEnvVars: [{ name: 'SUPABASE_ACCESS_TOKEN', source: { from: 'credential' }, secret: true }],
  autoDiscovery: false,
  docsUrl: 'https://supabase.com/docs/reference/api/introduction',
  brandColor: '#3ecf8e',
})
