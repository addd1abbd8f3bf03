import { defineIntegration } from '../lib/define-integration.ts'

/** A Telegram bot. The token stands in the path of every call, so the app holds the real one. A bot has one webhook: exclusive. */
export const telegram = defineIntegration({
  slug: 'telegram',
  name: 'Telegram',
  category: 'messaging',
  profiles: ['byok_static'],
  connectionEnvVars: [
    { name: 'TELEGRAM_BOT_TOKEN', source: { from: 'credential' }, secret: true },
    {
      name: 'TELEGRAM_BOT_ID',
      source: { from: 'metadata', path: 'telegram_bot_id', required: false },
      secret: false,
    },
    {
      name: 'TELEGRAM_BOT_USERNAME',
      source: { from: 'metadata', path: 'telegram_bot_username', required: false },
      secret: false,
    },
    {
      name: 'TELEGRAM_SIGNING_SECRET',
      source: { from: 'metadata', path: 'telegram_signing_secret', required: false },
      secret: true,
    },
  ],
  autoDiscovery: true,
  docsUrl: 'https://core.telegram.org/bots/api',
  brandColor: '#26a5e4',
  exclusive: true,
})
