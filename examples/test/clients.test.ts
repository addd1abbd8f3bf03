import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ExampleBroker, startExampleBroker } from './broker-fixture.ts'
import { runScript } from './run-script.ts'

let broker: ExampleBroker
beforeAll(async () => {
  broker = await startExampleBroker()
})
afterAll(() => broker.close())

/** Runs one client in one way, and checks where its requests went and that the ledger has a settled row for each. */
const converse = async (client: string, kind: string, { address, route, streamed }: Expected) => {
  const app = await broker.openApp()
  const { output } = await runScript('test/clients/main.ts', { env: app.vars, words: [client, kind] })
  const { requests, result } = JSON.parse(output) as { requests: string[]; result: unknown }
  expect(requests).toEqual(streamed.map(() => `POST ${broker.url}${address}`))
  const rows = await app.calls()
  expect(rows.map((row) => `${row.integration} ${row.route} ${row.upstream_status} ${row.state}`)).toEqual(
    streamed.map(() => `${address.split('/')[1]} ${route} 200 actual`),
  )
  expect(rows.map((row) => row.streamed)).toEqual(streamed)
  expect(rows.every(({ charge_nanos: nanos }) => BigInt(nanos) > 0n)).toBe(true)
  return result
}

interface Expected {
  /** Path of each request at the broker, as the client makes it from its base URL. */
  readonly address: string
  /** What the ledger calls it. */
  readonly route: string
  /** One for each request. */
  readonly streamed: readonly boolean[]
}

const clients = [
  { client: 'anthropic-sdk', address: '/anthropic/v1/v1/messages', route: 'POST /v1/messages', streamsTools: true },
  { client: 'openai-chat', address: '/openai/v1/chat/completions', route: 'POST /v1/chat/completions' },
  { client: 'openai-responses', address: '/openai/v1/responses', route: 'POST /v1/responses' },
  { client: 'ai-sdk-anthropic', address: '/anthropic/v1/messages', route: 'POST /v1/messages' },
  { client: 'ai-sdk-openai', address: '/openai/v1/responses', route: 'POST /v1/responses' },
  { client: 'openrouter-sdk', address: '/openrouter/v1/chat/completions', route: 'POST /api/v1/chat/completions' },
]

describe.each(clients)(
  '$client, configured by what the resolver returns',
  ({ client, streamsTools = false, ...place }) => {
    it('gets a plain answer', async () => {
      expect(await converse(client, 'plain', { ...place, streamed: [false] })).toMatch(
        /^\(simulated\) You asked: "What is/,
      )
    })

    it('gets a streamed answer', async () => {
      expect(await converse(client, 'streamed', { ...place, streamed: [true] })).toMatch(
        /^\(simulated\) You asked: "What is/,
      )
    })

    it('gets its tool called, and an answer to the result', async () => {
      expect(await converse(client, 'toolCall', { ...place, streamed: [streamsTools, false] })).toEqual([
        { city: 'Lisbon' },
        expect.stringContaining('The tool has answered'),
      ])
    })
  },
)
