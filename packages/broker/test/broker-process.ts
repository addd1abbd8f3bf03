import { createBroker } from '../src/index.ts'
import { openPlace } from './open-place.ts'
import { testVault } from './test-vault.ts'

// A broker in a process of its own, for tests that end it. Its address goes to stdout; nothing secret is on the command line.
const [place, origin] = process.argv.slice(2)
if (place === undefined || origin === undefined) throw new Error('usage: broker-process.ts STORE ORIGIN')
const broker = createBroker({
  store: await openPlace(place),
  vault: testVault(),
  upstreamOrigins: { anthropic: origin, openai: origin, openrouter: origin },
  shutdownGraceMs: 300,
})
process.once('SIGTERM', () => void broker.close())
const { url } = await broker.listen({ port: 0 })
process.stdout.write(`${url}\n`)
