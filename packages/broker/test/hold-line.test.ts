import { afterEach, describe, expect, it } from 'vitest'
import { createMetrics } from '../src/index.ts'
import { anthropicRequest, messageAnswer } from './answers.ts'
import { startTestBroker, type TestBroker, type TestBrokerOptions } from './harness.ts'
import { open } from './http-client.ts'

let broker: TestBroker
afterEach(async () => {
  expect(await broker.store.verify()).toMatchObject({ openHolds: 0, problems: [] })
  await broker.close()
})

/** Holds $0.05 for 10,000 tokens of output, with a margin $0.06, and comes to $0.0015: two of them never fit at one time. */
const oneAtATime = { path: '/anthropic/v1/messages', json: anthropicRequest({ max_tokens: 10_000 }) } as const
const cap = '0.08'

/** A provider that answers when it is told to, and how many calls wait. */
const startSlow = async (options: Omit<TestBrokerOptions, 'script'>) => {
  let answer: () => void = () => undefined
  const told = new Promise<void>((resolve) => {
    answer = resolve
  })
  const metrics = createMetrics()
  broker = await startTestBroker({
    ...options,
    broker: { ...options.broker, metrics },
    script: async () => {
      await told
      return messageAnswer()
    },
  })
  const untilWaiting = async (count: number): Promise<void> => {
    while (!(await metrics.text()).includes(`\nvendo_calls_waiting ${count}\n`)) {
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return { answer, untilWaiting }
}

describe('calls that only running calls keep out', () => {
  it.each([
    ['a spend cap', { profile: 'byok_static', limits: { spend_day_usd: cap } }],
    ['a wallet', { creditUsd: cap }],
  ] as const)('8 at one time on %s that fits them one at a time all succeed', async (_money, options) => {
    broker = await startTestBroker({ ...options, script: () => messageAnswer() })
    const answers = await Promise.all(Array.from({ length: 8 }, () => broker.send(oneAtATime)))
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200))
    expect(await broker.calls()).toHaveLength(8)
  })

  it.each([
    ['after the time that a call may wait', { holdLine: { maxMs: 50 } }],
    ['at once, where no call may wait', { holdLine: { maxMs: 0 } }],
  ])('are told to try again %s', async (_when, settings) => {
    const { answer } = await startSlow({ limits: { spend_day_usd: cap }, broker: settings })
    const first = broker.send(oneAtATime)
    await broker.upstream.received(1)
    const second = await broker.send(oneAtATime)
    expect([second.status, second.headers['vendo-error-code']]).toEqual([429, 'held_by_open_calls'])
    expect(Number(second.headers['retry-after'])).toBeGreaterThan(0)
    expect(second.headers).not.toHaveProperty('x-should-retry')
    answer()
    expect((await first).status).toBe(200)
  })

  it('are told to give up where the limit itself is too small', async () => {
    broker = await startTestBroker({ limits: { spend_day_usd: '0.01' }, script: () => messageAnswer() })
    const refused = await broker.send(oneAtATime)
    expect([refused.status, refused.headers['vendo-error-code']]).toEqual([429, 'spend_cap_daily'])
    expect(refused.headers['x-should-retry']).toBe('false')
  })

  it('hold nothing when their client leaves, and let the next one in', async () => {
    const { answer, untilWaiting } = await startSlow({ limits: { spend_day_usd: cap } })
    const first = broker.send(oneAtATime)
    await broker.upstream.received(1)
    const leaver = open(broker.url, {
      path: oneAtATime.path,
      headers: { authorization: `Bearer ${broker.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(oneAtATime.json),
    })
    leaver.on('error', () => undefined)
    await untilWaiting(1)
    leaver.destroy()
    await untilWaiting(0)
    const third = broker.send(oneAtATime)
    answer()
    expect([(await first).status, (await third).status]).toEqual([200, 200])
    expect((await broker.calls()).filter(({ state }) => state === 'actual')).toHaveLength(2)
  })

  it('are sent away when the broker closes', async () => {
    const { answer, untilWaiting } = await startSlow({ limits: { spend_day_usd: cap } })
    const first = broker.send(oneAtATime)
    await broker.upstream.received(1)
    const second = broker.send(oneAtATime)
    await untilWaiting(1)
    const closing = broker.stopBroker()
    expect([(await second).status, (await second).headers['vendo-error-code']]).toEqual([503, 'overloaded'])
    answer()
    expect((await first).status).toBe(200)
    await closing
    broker = await startTestBroker({ script: messageAnswer() })
  })
})
