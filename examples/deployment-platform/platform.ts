import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Connection, resolveDeploymentEnvVars } from '@vendo/integrations'

// What a platform has stored for one deployment: the app's key, minted when it was created, and what it is bound to. Here
// the first two come from the environment, so that the example runs as it is.
const { VENDO_BASE_URL: broker = 'http://127.0.0.1:8787', VENDO_API_KEY: vendoApiKey = '' } = process.env
const connections: Connection[] = [
  { slug: 'anthropic', profile: 'vendo_managed_pool' },
  {
    slug: 'telegram',
    profile: 'byok_static',
    credential: 'example-bot-token',
    metadata: { telegram_bot_id: 4_711, telegram_bot_username: 'example_bot' },
  },
]

const { vars, secrets, warnings } = resolveDeploymentEnvVars({
  connections,
  deployment: { id: 'dep_example', vendoApiKey, brokerUrl: broker, proxyBaseUrl: (slug) => `${broker}/${slug}` },
})

for (const [name, value] of Object.entries(vars)) {
  console.log(`${name}=${secrets.includes(name) ? '(secret)' : value}`)
}
for (const { message } of warnings) console.log(`note: ${message}`)

// The app gets these variables and what it needs to run, and nothing of the platform's own environment.
const app = fileURLToPath(new URL('../anthropic-chat/app.ts', import.meta.url))
const child = spawn(process.execPath, [...process.execArgv, app, 'Who pays for this?'], {
  env: { PATH: process.env['PATH'], ...vars },
  stdio: 'inherit',
})
child.on('exit', (code) => {
  process.exitCode = code ?? 1
})
