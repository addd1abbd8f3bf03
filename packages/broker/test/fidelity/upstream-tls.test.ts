import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, getCACertificates, type Server, setDefaultCACertificates, type TLSSocket } from 'node:tls'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createUpstreamPools, defaultUpstreamTimeouts, type UpstreamPools } from '../../src/egress/upstream-pools.ts'
import { rawAnswer } from './raw-broker.ts'
import { createSelfSigned } from './self-signed.ts'
import { sendUpstream } from './upstream-client.ts'

let server: Server
let pools: UpstreamPools
let sockets: TLSSocket[]
let reply: (socket: TLSSocket) => void
const { key, cert } = createSelfSigned('localhost')
const authorities = getCACertificates('default')

beforeAll(async () => {
  server = createServer({ key, cert, ALPNProtocols: ['h2', 'http/1.1'] }, (socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    socket.on('data', () => reply(socket))
  })
  server.on('tlsClientError', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
beforeEach(() => {
  sockets = []
  reply = (socket) => socket.write(rawAnswer([], 'ok'))
  setDefaultCACertificates([cert])
})
afterEach(async () => {
  setDefaultCACertificates(authorities)
  await pools.close()
})
afterAll(() => {
  server.close()
})

const originOf = (host: string) => `https://${host}:${(server.address() as AddressInfo).port}`
const start = (host = 'localhost') => {
  const origin = originOf(host)
  pools = createUpstreamPools([origin], defaultUpstreamTimeouts)
  return () => sendUpstream(pools, { origin })
}
const ends = async (count: number) => {
  while (sockets.length < count) await new Promise((resolve) => setImmediate(resolve))
  const [last] = sockets.slice(-1) as [TLSSocket]
  const gone = once(last, 'close')
  last.end()
  await gone
}

describe('a provider over TLS', () => {
  it('is spoken to in HTTP/1.1, by its name, on one connection', async () => {
    const send = start()
    for (let call = 0; call < 3; call++) expect(await send().ended).toMatchObject({ status: 200, body: 'ok' })
    expect(sockets.map(({ alpnProtocol, servername }) => [alpnProtocol, servername])).toEqual([
      ['http/1.1', 'localhost'],
    ])
  })

  it('is recognised by its address, which is not sent as a name', async () => {
    expect(await start('127.0.0.1')().ended).toMatchObject({ body: 'ok' })
    expect(sockets[0]?.servername).toBe(false)
  })

  it('resumes its session on the next connection', async () => {
    const send = start()
    await send().ended
    await ends(1)
    await send().ended
    expect(sockets[1]?.isSessionReused()).toBe(true)
  })

  it('stops when nobody reads, and goes on where it was', async () => {
    const large = Buffer.alloc(8_000_000, 'abcdefgh').toString()
    reply = (socket) => socket.write(rawAnswer([], large))
    const sent = start()()
    while (sent.received === 0) await new Promise((resolve) => setImmediate(resolve))
    sent.call.pause()
    const before = sent.received
    while (sockets[0]?.writableNeedDrain !== true) await new Promise((resolve) => setImmediate(resolve))
    await new Promise((resolve) => setTimeout(resolve, 50))
    // A few records may have been decrypted by then.
    expect(sent.received - before).toBeLessThan(200_000)
    sent.call.resume()
    expect((await sent.ended).body === large).toBe(true)
  })
})

describe('nothing is sent to', () => {
  const requests = () => {
    let count = 0
    reply = () => count++
    return () => count
  }

  it('a provider with a certificate that nobody vouches for', async () => {
    const received = requests()
    setDefaultCACertificates(authorities)
    const { events, error } = await start()().ended
    expect([events, (error as NodeJS.ErrnoException).code]).toEqual([
      ['dispatch', 'error'],
      'DEPTH_ZERO_SELF_SIGNED_CERT',
    ])
    expect(received()).toBe(0)
  })

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('a provider with a certificate for another name, in %s', async (version) => {
    const received = requests()
    const other = createSelfSigned('other.test')
    server.setSecureContext({ ...other, maxVersion: version })
    setDefaultCACertificates([other.cert])
    const send = start()
    // Twice: a session that is resumed is not asked for its name again.
    const ends = [await send().ended, await send().ended]
    server.setSecureContext({ key, cert })
    for (const { events, error } of ends) {
      expect([events, (error as NodeJS.ErrnoException).code]).toEqual([
        ['dispatch', 'error'],
        'ERR_TLS_CERT_ALTNAME_INVALID',
      ])
    }
    expect(received()).toBe(0)
  })
})
