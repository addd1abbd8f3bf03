import { once } from 'node:events'
import type { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anthropicRequest, message } from './answers.ts'
import { dial } from './fidelity/raw-client.ts'
import { startTestBroker, type TestBroker } from './harness.ts'

let broker: TestBroker
beforeAll(async () => {
  broker = await startTestBroker({
    creditUsd: '1000',
    script: () => ({ headers: { 'content-type': 'application/json' }, body: [JSON.stringify(message())] }),
    broker: { maxBufferedBytes: 16_000_000, uploadPace: { graceMs: 400, minBytesPerSecond: 1_000 } },
  })
})
afterAll(() => broker.close())

const path = '/anthropic/v1/messages'
const as = (key: string) => ({ authorization: `Bearer ${key}` })
const begin = (socket: Socket, key: string, length: number, sent: string): void => {
  const head = [
    `POST ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    `authorization: Bearer ${key}`,
    'content-type: application/json',
  ]
  socket.write(`${[...head, `content-length: ${length}`].join('\r\n')}\r\n\r\n${sent}`)
}

describe('a body', () => {
  const filler = (make: (count: number) => string) => `{"model":"m","a":[${make(200_001)}]}`
  it.each([
    ['empty objects', filler((count) => Array(count).fill('{}').join())],
    ['empty lists', filler((count) => Array(count).fill('[]').join())],
    ['keys', filler((count) => `{${Array.from({ length: count }, (_, n) => `"${n}":1`).join()}}`)],
    ['escaped keys', filler((count) => `{${Array.from({ length: count }, (_, n) => `"\\u0061${n}":1`).join()}}`)],
    ['models', `{"model":"m","models":[${Array(400_000).fill('"m"').join()}]}`],
    ['fallbacks', `{"model":"m","fallbacks":[${Array(400_000).fill('{}').join()}]}`],
    ['levels', `{"model":"m","a":${'['.repeat(129)}${']'.repeat(129)}}`],
  ])('of too many %s is refused before it is parsed', async (_what, body) => {
    const { key } = await broker.mint()
    const answer = await broker.send({ path, body, headers: { ...as(key), 'content-type': 'application/json' } })
    expect(answer.status).toBe(400)
    expect(answer.text).toMatch(/more than 200000 members and elements|nested too deeply/)
  })

  it.each([
    ['models', 101],
    ['fallbacks', 101],
    ['tools', 1_025],
    ['stop', 257],
    ['stop_sequences', 257],
  ])('of too many %s is refused by name', async (name, count) => {
    const { key } = await broker.mint()
    const json = { ...anthropicRequest(), [name]: Array(count).fill('x') }
    const answer = await broker.send({ path, json, headers: as(key) })
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(`\`${name}\` has ${count} entries`)])
  })

  it('of too many pieces is refused as soon as they are there, not at its end', async () => {
    const { key } = await broker.mint()
    const socket = await dial(broker.url)
    begin(socket, key, 30_000_000, `{"model":"m","a":[${'{},'.repeat(200_001)}`)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 [\s\S]*more than 200000 members and elements/)
    socket.destroy()
  })

  it('that is no JSON by its own word is refused before it is read', async () => {
    const { key } = await broker.mint()
    const socket = await dial(broker.url)
    const head = [
      `POST ${path} HTTP/1.1`,
      'host: 127.0.0.1',
      `authorization: Bearer ${key}`,
      'content-type: text/plain',
    ]
    socket.write(`${head.join('\r\n')}\r\ncontent-length: 30000000\r\n\r\n`)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).toContain('unsupported_encoding')
    socket.destroy()
  })

  it('of a free route is counted too, where its references are looked for', async () => {
    const { key } = await broker.mint()
    const body = filler((count) => Array(count).fill('[]').join())
    const answer = await broker.send({
      ...{ path: '/anthropic/v1/messages/count_tokens', body },
      headers: { ...as(key), 'content-type': 'application/json' },
    })
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('members and elements')])
  })

  it('of a free route above 256 kB is forwarded byte for byte', async () => {
    const { key } = await broker.mint()
    const json = { ...anthropicRequest(), metadata: { note: 'é'.repeat(200_000) } }
    const before = broker.upstream.requests.length
    const answer = await broker.send({ path: '/anthropic/v1/messages/count_tokens', json, headers: as(key) })
    expect(answer.status).toBe(200)
    expect(broker.upstream.requests[before]?.body.toString()).toBe(JSON.stringify(json))
  })

  it('above 256 kB is forwarded byte for byte', async () => {
    const { key } = await broker.mint()
    const json = { ...anthropicRequest(), metadata: { note: 'é'.repeat(200_000) } }
    const before = broker.upstream.requests.length
    const answer = await broker.send({ path, json, headers: as(key) })
    expect(answer.status).toBe(200)
    expect(broker.upstream.requests[before]?.body.toString()).toBe(JSON.stringify(json))
  })

  it('that is refused counts against the requests of its key, and nobody else’s', async () => {
    const { key } = await broker.mint({ requests_per_minute: 3 })
    const other = await broker.mint()
    const bad = { path, body: '{', headers: { ...as(key), 'content-type': 'application/json' } }
    const statuses = []
    for (let number = 0; number < 5; number++) statuses.push((await broker.send(bad)).status)
    // The minute of the clock may end in between, once.
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(1)
    expect((await broker.send({ path, json: anthropicRequest(), headers: as(other.key) })).status).toBe(200)
  })
})

describe('half-sent bodies', () => {
  it('of one key fill its own share only, and end when they stall', async () => {
    const slow = await broker.mint()
    const other = await broker.mint()
    const sockets = await Promise.all(Array.from({ length: 36 }, () => dial(broker.url)))
    const answers = sockets.map(
      (socket) =>
        new Promise<string>((resolve) => {
          let text = ''
          socket.on('data', (piece) => {
            text += piece.toString('latin1')
          })
          socket.on('error', () => undefined)
          socket.once('close', () => resolve(text))
        }),
    )
    for (const socket of sockets) begin(socket, slow.key, 200_001, ' '.repeat(200_000))
    for (let call = 0; call < 5; call++) {
      const answer = await broker.send({ path, json: anthropicRequest(), headers: as(other.key) })
      expect(answer.status).toBe(200)
    }
    // Those beyond the share are refused at once, and their connections are kept for what is left of the body.
    await expect.poll(() => sockets.filter(({ destroyed }) => destroyed).length, { timeout: 15_000 }).toBeGreaterThan(0)
    for (const socket of sockets) socket.end()
    const texts = await Promise.all(answers)
    expect(texts.some((text) => text.startsWith('HTTP/1.1 408 '))).toBe(true)
    expect(texts.some((text) => text.startsWith('HTTP/1.1 503 ') && text.includes('for this key'))).toBe(true)
    expect((await broker.send({ path, json: anthropicRequest(), headers: as(slow.key) })).status).toBe(200)
  })
})

it('one key has a limit of event streams, and others still get one', async () => {
  const [first, second] = [await broker.mint(), await broker.mint()]
  const abort = new AbortController()
  const listen = (key: string) => fetch(`${broker.url}/api/events`, { headers: as(key), signal: abort.signal })
  const statuses = []
  for (let number = 0; number < 21; number++) statuses.push((await listen(first.key)).status)
  expect(statuses).toEqual([...Array(20).fill(200), 429])
  const refused = await listen(first.key)
  expect(await refused.text()).toContain('20 are allowed')
  expect((await listen(second.key)).status).toBe(200)
  abort.abort()
  await expect
    .poll(async () => {
      const again = new AbortController()
      const { status } = await fetch(`${broker.url}/api/events`, { headers: as(first.key), signal: again.signal })
      again.abort()
      return status
    })
    .toBe(200)
})
