import { Secret } from '@vendo/contract'
import { createBroker } from '../../../broker.ts'
import { createVault } from '../../../credentials/vault.ts'
import { openPostgresStore } from '../open-postgres-store.ts'

// One of several brokers on one database. Its address goes to stdout.
const [url, origin] = process.argv.slice(2)
if (url === undefined || origin === undefined) throw new Error('usage: broker-child.ts STORE ORIGIN')
const broker = createBroker({
  store: await openPostgresStore({ url }),
  vault: createVault({
    keyEncryptionKey: new Secret(Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64')),
  }),
  // What does not fit is refused at once: the test counts refusals while the money is held.
  holdLine: { maxMs: 0 },
  upstreamOrigins: { anthropic: origin, openai: origin, openrouter: origin },
})
const listening = await broker.listen({ port: 0 })
process.stdout.write(`${listening.url}\n`)
process.once('SIGTERM', () => void broker.close().then(() => process.exit(0)))
