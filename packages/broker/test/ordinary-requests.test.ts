import { jsonAnswer } from '@vendo/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ordinaryRequests } from './fixtures/ordinary-requests.ts'
import { startTestBroker, type TestBroker } from './harness.ts'

describe.each([
  ['a pooled credential', 'vendo_managed_pool'],
  ['an own credential', 'byok_static'],
] as const)('what ordinary clients send, on %s', (_, profile) => {
  let broker: TestBroker
  beforeAll(async () => {
    broker = await startTestBroker({ script: () => jsonAnswer({ usage: {} }), profile, creditUsd: '1000' })
  })
  afterAll(async () => {
    await broker.calls()
    expect(await broker.store.verify()).toMatchObject({ ok: true, openHolds: 0, problems: [] })
    await broker.close()
  })

  it.each(ordinaryRequests)('$what: reaches its provider, every byte as it was', async ({ path, body }) => {
    const before = broker.upstream.requests.length
    const answer = await broker.send({ path, json: body })
    expect([answer.status, answer.headers['vendo-error-code']]).toEqual([200, undefined])
    expect(broker.upstream.requests.length - before).toBe(1)
    const sent = broker.upstream.requests.at(-1)
    expect(sent?.url).toBe(path.slice(path.indexOf('/', 1)))
    expect(sent?.body.toString()).toBe(JSON.stringify(body))
  })
})
