import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { OriginPool } from '../../src/egress/http1/origin-pool.ts'
import { PartyPools } from '../../src/egress/http1/party-pools.ts'
import { createUpstreamPools, defaultUpstreamTimeouts } from '../../src/egress/upstream-pools.ts'
import { sendUpstream } from './upstream-client.ts'

let upstream: Server
let origin: string
/** Answers every request twice with the name of whoever asked, the second time a moment after the first. */
beforeAll(async () => {
  upstream = createServer((message, answer) => {
    const name = message.headers['x-name']
    const { socket } = message
    answer.end(`for ${name}`)
    const again = `HTTP/1.1 200 OK\r\ncontent-length: ${4 + String(name).length}\r\n\r\nfor ${name}`
    setTimeout(() => socket.destroyed || socket.write(again), 0)
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
})
afterAll(() => new Promise<unknown>((resolve) => upstream.close(resolve)))

it('an upstream that answers twice gives nobody the answer of another tenant', async () => {
  const pools = createUpstreamPools([origin], defaultUpstreamTimeouts)
  const seen: string[] = []
  const call = async (name: string) => {
    const { body, error } = await sendUpstream(pools, { origin, party: name, headers: ['x-name', name] }).ended
    // A connection that breaks on the surplus is a failure of its own party alone.
    if (error === undefined) seen.push(body === `for ${name}` ? 'own' : `${name} got ${body}`)
  }
  for (let round = 0; round < 300; round++) await Promise.all([call('a'), call('b')])
  expect(new Set(seen)).toEqual(new Set(['own']))
  expect(seen.length).toBeGreaterThan(100)
  await pools.close()
})

it('the pools that are kept are bounded, and whoever called last keeps theirs', () => {
  const pools = new PartyPools({ origin, timeouts: defaultUpstreamTimeouts, maxParties: 3 })
  const first = pools.of('a')
  for (const party of ['b', 'c', 'a', 'd']) pools.of(party)
  expect(pools.size).toBe(3)
  expect(pools.of('a')).toBe(first)
  expect(first).toBeInstanceOf(OriginPool)
  pools.dropExpired()
  expect(pools.size).toBe(0)
  pools.destroy()
})
