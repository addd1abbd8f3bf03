import { afterEach, describe, expect, it } from 'vitest'
import { anthropicRequest, messageEvents, messageStream } from './answers.ts'
import { startTestBroker, type TestBroker, type TestBrokerOptions } from './harness.ts'
import { answered, open } from './http-client.ts'

let broker: TestBroker
afterEach(async () => {
  expect(await broker.store.verify()).toMatchObject({ openHolds: 0, problems: [] })
  await broker.close()
})

/** The provider goes on after the client has left: only the policy decides whether anybody listens. */
const leave = async (options: Omit<TestBrokerOptions, 'script'>): Promise<void> => {
  const script = { ...messageStream(), body: messageEvents.slice(0, 3), end: 'hang' } as const
  broker = await startTestBroker({ script, ...options })
  const client = open(broker.url, {
    path: '/anthropic/v1/messages',
    headers: { authorization: `Bearer ${broker.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(anthropicRequest({ stream: true })),
  })
  const answer = await answered(client)
  answer.on('error', () => undefined)
  await new Promise((resolve) => answer.once('data', resolve))
  client.destroy()
}

const drainMs = 300
const drain = { mostMs: drainMs }

describe('a client that leaves', () => {
  it.each([
    ['no setting', {}, {}, 'drained'],
    ['abort for the provider', { onDisconnect: { anthropic: 'abort' } }, {}, 'aborted'],
    ['abort for another provider', { onDisconnect: { openai: 'abort' } }, {}, 'drained'],
    ['abort for the key', {}, { on_disconnect: 'abort' }, 'aborted'],
    [
      'drain for the key, abort for the provider',
      { onDisconnect: { anthropic: 'abort' } },
      { on_disconnect: 'drain' },
      'drained',
    ],
  ] as const)('with %s', async (_setting, settings, limits, expected) => {
    await leave({ limits, broker: { drain, ...settings } })
    const [call] = await broker.calls()
    expect(call).toMatchObject({ state: 'estimated', reason: 'client_gone' })
    expect((call?.durationMs ?? 0) >= drainMs ? 'drained' : 'aborted').toBe(expected)
    // The start of the stream reported 1000 tokens of input: they are on the bill either way.
    expect(call?.listNanos).toBeGreaterThanOrEqual(1_000_000n)
    expect(call?.walletNanos).toBeLessThanOrEqual(call?.holdNanos ?? 0n)
  })
})
