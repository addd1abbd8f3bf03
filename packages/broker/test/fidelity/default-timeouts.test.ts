import type { Socket } from 'node:net'
import { expect, it, vi } from 'vitest'
import { defaultUpstreamTimeouts } from '../../src/egress/upstream-pools.ts'
import { defaultServerTimeouts } from '../../src/node-server.ts'
import { anthropicRequest } from '../answers.ts'
import { rawAnswer, startRawBroker } from './raw-broker.ts'

it('no default is below the 600 s that the official SDKs wait', () => {
  const { firstByteMs, idleMs, totalMs } = defaultUpstreamTimeouts
  expect(Math.min(firstByteMs, idleMs, totalMs, defaultServerTimeouts.requestMs)).toBeGreaterThanOrEqual(600_000)
  expect(totalMs).toBeGreaterThan(Math.max(firstByteMs, idleMs))
})

it('a silent provider is waited for, with the defaults, for as long as an SDK waits, and not for ever', async () => {
  // In a file of its own: no connection may have been made with another clock.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const waiting: Socket[] = []
  const broker = await startRawBroker((socket) => waiting.push(socket))
  const late = broker.send({ path: '/anthropic/v1/messages', json: anthropicRequest() })
  const never = broker.send({ path: '/anthropic/v1/messages', json: anthropicRequest() })
  await vi.waitUntil(() => waiting.length === 2)
  await vi.advanceTimersByTimeAsync(601_000)
  waiting[0]?.write(rawAnswer())
  const statusOf = async (sent: typeof late) => (await sent).status
  const first = await Promise.race([statusOf(late), statusOf(never)])
  expect(first).toBe(200)
  await vi.advanceTimersByTimeAsync(defaultUpstreamTimeouts.firstByteMs - 600_000)
  const answered = await Promise.all([late, never])
  vi.useRealTimers()
  expect(answered.map(({ status }) => status).sort()).toEqual([200, 504])
  await broker.close()
})
