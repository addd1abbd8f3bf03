import { afterEach, expect, it, vi } from 'vitest'
import { anthropicRequest, messageAnswer } from './answers.ts'
import { startTestBroker, type TestBroker } from './harness.ts'

vi.mock('../src/meter/settle-charge.ts', async (original) => ({
  ...(await original<object>()),
  chargeFor: () => {
    throw new RangeError('a fault in pricing')
  },
}))

let broker: TestBroker
afterEach(() => broker.close())

it.each([
  ['pooled', 'vendo_managed_pool', (holdNanos: bigint) => ({ walletNanos: holdNanos, spendNanos: holdNanos })],
  ['own', 'byok_static', (holdNanos: bigint) => ({ walletNanos: 0n, spendNanos: holdNanos })],
] as const)(
  'a call on a credential (%s) whose charge cannot be worked out costs its hold, never nothing',
  async (_, profile, at) => {
    broker = await startTestBroker({ script: messageAnswer(), profile })
    const answer = await broker.send({ path: '/anthropic/v1/messages', json: anthropicRequest() })
    expect(answer.status).toBe(200)
    const [call] = await broker.calls()
    expect(call?.holdNanos).toBeGreaterThan(0n)
    expect(call).toMatchObject({
      ...{ state: 'estimated', reason: 'charge_failed', flags: ['charge_failed'] },
      ...at(call?.holdNanos ?? 0n),
    })
    expect(call?.listNanos).toBeGreaterThan(0n)
    expect(await broker.store.balance('ten_test')).toMatchObject({ heldNanos: 0n, settledNanos: call?.walletNanos })
    expect(await broker.store.verify()).toMatchObject({ ok: true, openHolds: 0, problems: [] })
  },
)
