import { createVendoError } from '@vendo/contract'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createEventLog, type EventLog } from '../ledger/event-log.ts'
import type { Store } from '../store/store.ts'
import { type ApiFixture, createApiFixture, now } from './test/api-fixture.ts'

let events: EventLog
let fixture: ApiFixture
let storeIsDown: boolean

const withOutage = (store: Store): Store => ({
  ...store,
  findKeyByHash: (hash) => {
    if (storeIsDown) throw createVendoError('The store is down.', { code: 'store_unavailable' })
    return store.findKeyByHash(hash)
  },
})

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  storeIsDown = false
  events = createEventLog('test', () => now)
  fixture = await createApiFixture({ events }, withOutage)
})
afterEach(async () => {
  vi.useRealTimers()
  await fixture.store.close()
})

/** Subscribes as an app of tenant A; what is read comes as text, `undefined` is the end. */
const listen = async () => {
  const headers = { authorization: `Bearer ${fixture.a.app.key}` }
  const response = await fixture.api.request('/api/events', { headers })
  expect(response.status).toBe(200)
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  const read = async () => {
    const { value } = await reader.read()
    return value && decoder.decode(value)
  }
  expect(await read()).toBe('retry: 2000\n\n')
  return { read, leave: () => reader.cancel() }
}

const publish = (text: string) =>
  events.publish({
    type: 'billing.balance_changed',
    tenantId: fixture.a.id,
    hearers: 'everyone',
    data: { text } as never,
  })

describe('a listener that does not read', () => {
  it('is cut off once a megabyte waits for it, is told all of that, and frees its place', async () => {
    const { read } = await listen()
    for (let event = 0; event < 30; event++) publish('x'.repeat(100_000))
    expect(events.subscribers()).toBe(0)
    let bytes = 0
    for (let text = await read(); text !== undefined; text = await read()) bytes += text.length
    expect(bytes).toBeGreaterThan(1_000_000)
    expect(bytes).toBeLessThan(1_300_000)
  })

  it('stays while less than that waits', async () => {
    const { read, leave } = await listen()
    for (let event = 0; event < 9; event++) publish('x'.repeat(100_000))
    expect(events.subscribers()).toBe(1)
    expect(await read()).toMatch(/^id: test-1\n/)
    await leave()
    expect(events.subscribers()).toBe(0)
  })
})

describe('a heartbeat', () => {
  it('comes every 15 seconds, and not before', async () => {
    const { read, leave } = await listen()
    await vi.advanceTimersByTimeAsync(14_999)
    publish('before')
    expect(await read()).toContain('before')
    await vi.advanceTimersByTimeAsync(1)
    expect(await read()).toBe(': heartbeat\n\n')
    await vi.advanceTimersByTimeAsync(15_000)
    expect(await read()).toBe(': heartbeat\n\n')
    await leave()
  })

  it('ends the stream of a key that was revoked meanwhile', async () => {
    const { read } = await listen()
    await fixture.store.revokeKey(fixture.a.app.record.id, now)
    await vi.advanceTimersByTimeAsync(15_000)
    expect(await read()).toBeUndefined()
    expect(events.subscribers()).toBe(0)
  })

  it('that cannot ask for the key, because the store is down, ends nothing', async () => {
    const { read, leave } = await listen()
    storeIsDown = true
    await vi.advanceTimersByTimeAsync(15_000)
    expect(events.subscribers()).toBe(1)
    storeIsDown = false
    await vi.advanceTimersByTimeAsync(15_000)
    expect(await read()).toBe(': heartbeat\n\n')
    await leave()
  })
})

describe('more listeners than the broker takes', () => {
  it.each([
    [999, 200],
    [1_000, 503],
  ])('with %i there already, the next one gets %i', async (listening, status) => {
    const full = { ...events, subscribers: () => listening }
    const crowded = await createApiFixture({ events: full })
    const answer = await crowded.call(crowded.a.app.key, 'GET /api/events')
    expect(answer.status).toBe(status)
    const refusal = [answer.headers.get('vendo-error-code'), answer.headers.get('retry-after')]
    expect(refusal).toEqual(status === 200 ? [null, null] : ['overloaded', '10'])
    await crowded.store.close()
  })
})
