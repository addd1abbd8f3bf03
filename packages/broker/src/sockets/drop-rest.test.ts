import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { PassThrough } from 'node:stream'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createNodeServer, type NodeServer } from '../node-server.ts'
import { dropRest } from './drop-rest.ts'

let server: NodeServer | undefined
afterEach(async () => {
  vi.useRealTimers()
  server?.closeConnections()
  await server?.stop()
})

/** A body that has always more, and how often it was read. */
const endless = () => {
  const body = new PassThrough()
  let reads = 0
  body.read = () => null
  const resume = vi.spyOn(body, 'resume')
  resume.mockImplementation(() => {
    reads++
    body.emit('data', Buffer.alloc(1))
    return body
  })
  return { message: Object.assign(body, { complete: false }) as unknown as IncomingMessage, reads: () => reads }
}

describe('the rest of bodies whose requests have their answer', () => {
  it('is read at one bounded speed, however many there are', async () => {
    vi.useFakeTimers()
    const bodies = Array.from({ length: 100 }, endless)
    for (const { message } of bodies) dropRest(message)
    const reads = () => bodies.reduce((sum, body) => sum + body.reads(), 0)
    const before = reads()
    vi.advanceTimersByTime(10)
    expect(reads() - before).toBe(40)
    vi.advanceTimersByTime(20)
    // In turn: none twice before all once.
    expect(Math.max(...bodies.map((body) => body.reads()))).toBeLessThanOrEqual(4)
    for (const { message } of bodies) message.destroy()
    await vi.advanceTimersByTimeAsync(5)
  })

  it('is waited for only so long', async () => {
    vi.useFakeTimers()
    const { message } = endless()
    dropRest(message, 100)
    vi.advanceTimersByTime(99)
    expect(message.destroyed).toBe(false)
    vi.advanceTimersByTime(1)
    expect(message.destroyed).toBe(true)
    await vi.advanceTimersByTimeAsync(5)
  })

  it.each([
    ['a length', 'content-length: 3000000', '', ''],
    ['chunks', 'transfer-encoding: chunked', 'f4240\r\n', '\r\n'],
  ])(
    'with %s: the client gets the answer, and its connection is kept for the next request',
    async (_how, header, before, after) => {
      const asked: ServerResponse[] = []
      server = createNodeServer((_message, answer) => {
        asked.push(answer)
        answer.end(`early ${asked.length}`)
      })
      const { port } = await server.listen({ port: 0 })
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => undefined)
      let text = ''
      socket.on('data', (piece) => {
        text += piece.toString('latin1')
      })
      socket.write(`POST / HTTP/1.1\r\nhost: a\r\n${header}\r\n\r\n`)
      await once(socket, 'data')
      for (let part = 0; part < 3; part++) socket.write(`${before}${' '.repeat(1_000_000)}${after}`)
      if (before !== '') socket.write('0\r\n\r\n')
      socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
      await expect.poll(() => text).toContain('early 2')
      socket.destroy()
    },
  )
})
