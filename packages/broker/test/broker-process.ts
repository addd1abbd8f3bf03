import { Secret } from '@vendo/contract'
import { createBroker, createVault, openSqliteStore } from '../src/index.ts'

// A broker in a process of its own, for tests that kill it. Its address goes to stdout; nothing secret is on the command line.
const [path, origin] = process.argv.slice(2)
if (path === undefined || origin === undefined) throw new Error('usage: broker-process.ts STORE ORIGIN')
const broker = createBroker({
  store: await openSqliteStore({ path }),
  vault: createVault({
    keyEncryptionKey: new Secret(Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64')),
  }),
  upstreamOrigins: { anthropic: origin, openai: origin, openrouter: origin },
})
const { url } = await broker.listen({ port: 0 })
process.stdout.write(`${url}\n`)
