import type { IncomingMessage } from 'node:http'
import { type BillingEvent, billingEventSchema } from '@vendo/contract/api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { anthropicRequest, messageAnswer } from './answers.ts'
import { startTestBroker, type TestBroker, upstreamKey } from './harness.ts'
import { answered, open } from './http-client.ts'

const path = '/anthropic/v1/messages'
let broker: TestBroker
beforeEach(async () => {
  broker = await startTestBroker({ script: messageAnswer(), limits: { spend_total_usd: '0.0055' } })
})
afterEach(() => broker.close())

/** Listens until it has seen so many events, then leaves. */
const listen = async (key: string, lastEventId?: string) => {
  const client = open(broker.url, {
    method: 'GET',
    path: '/api/events',
    headers: { authorization: `Bearer ${key}`, ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) },
  })
  client.on('error', () => undefined)
  const answer = await answered(client)
  answer.on('error', () => undefined)
  const heard: BillingEvent[] = []
  let raw = ''
  let wanted = { count: 0, enough: () => {} }
  answer.on('data', (chunk: Buffer) => {
    raw += chunk
    heard.splice(0, heard.length, ...eventsIn(raw))
    if (heard.length >= wanted.count) wanted.enough()
  })
  return {
    answer,
    raw: () => raw,
    events: (count: number) =>
      new Promise<readonly BillingEvent[]>((resolve) => {
        wanted = { count, enough: () => resolve(heard) }
        if (heard.length >= count) resolve(heard)
      }),
    leave: () => client.destroy(),
  }
}

const eventsIn = (raw: string): readonly BillingEvent[] =>
  raw
    .split('\n\n')
    .slice(0, -1)
    .filter((block) => block.startsWith('id: '))
    .map((block) => {
      const [id, type, data] = block.split('\n').map((line) => line.slice(line.indexOf(': ') + 2))
      const event = billingEventSchema.parse(JSON.parse(data ?? ''))
      expect([event.id, event.type]).toEqual([id, type])
      return event
    })

const ended = (answer: IncomingMessage) => new Promise((resolve) => answer.once('close', resolve))

describe('GET /api/events', () => {
  it('tells a key its calls, the wallet and its caps, and neither a prompt nor a secret', async () => {
    const stream = await listen(broker.key)
    expect(stream.answer.headers['content-type']).toContain('text/event-stream')
    for (let call = 0; call < 3; call++) {
      await broker.send({ path, json: anthropicRequest({ messages: [{ role: 'user', content: 'a prompt 9c1' }] }) })
    }
    // 1.8 milli-USD each: the third reaches 98 % of the cap, the fourth does not fit.
    expect((await broker.send({ path, json: anthropicRequest() })).status).toBe(429)
    const types = (await stream.events(6)).map(({ type }) => type)
    expect(types.filter((type) => type === 'billing.usage_recorded')).toHaveLength(3)
    expect(types).toContain('billing.balance_changed')
    expect(types).toContain('billing.cap_warned')
    expect(types).toContain('billing.cap_tripped')
    for (const secret of ['a prompt 9c1', upstreamKey, broker.key]) expect(stream.raw()).not.toContain(secret)
    stream.leave()
  })

  it('goes on after the last event that was seen', async () => {
    const stream = await listen(broker.key)
    await broker.send({ path, json: anthropicRequest() })
    const [first] = await stream.events(1)
    stream.leave()
    await broker.send({ path, json: anthropicRequest() })
    await broker.calls()
    const again = await listen(broker.key, first?.id)
    const missed = await again.events(1)
    expect(missed.map(({ id }) => id)).not.toContain(first?.id)
    again.leave()
  })

  it('tells another key of the tenant nothing of these calls', async () => {
    const { key } = await broker.mint()
    const stream = await listen(key)
    await broker.send({ path, json: anthropicRequest() })
    expect((await stream.events(1)).map(({ type }) => type)).toEqual(['billing.balance_changed'])
    stream.leave()
  })

  it('ends when the broker does', async () => {
    const stream = await listen(broker.key)
    const over = ended(stream.answer)
    await broker.stopBroker()
    await over
  })
})
