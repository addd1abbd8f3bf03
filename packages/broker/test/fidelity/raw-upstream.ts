import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'

/** A provider that answers with exactly the bytes a test writes. */
export interface RawUpstream {
  readonly origin: string
  /** Every whole request, byte for byte as latin1. */
  readonly requests: readonly string[]
  /** How many connections were made. */
  readonly connections: number
  /** Resolves when the next open connection closes. */
  closed(): Promise<void>
  /** Starts over: another reply, no connections, nothing recorded. */
  reset(reply: RawReply): Promise<void>
  close(): Promise<void>
}

/** Answers the n-th request (from 0) of one connection. */
export type RawReply = (socket: Socket, request: string, index: number) => void

/** Starts a provider on a free loopback port. It understands requests with a content-length or without a body. */
export const startRawUpstream = async (first: RawReply): Promise<RawUpstream> => {
  let reply = first
  const requests: string[] = []
  const sockets = new Set<Socket>()
  const closings: (() => void)[] = []
  let connections = 0
  const server = createServer((socket) => {
    connections++
    sockets.add(socket)
    let text = ''
    let awaited = 0
    let index = 0
    socket.on('error', () => undefined)
    socket.on('close', () => {
      sockets.delete(socket)
      for (const tell of closings.splice(0)) tell()
    })
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1')
      // Searching a text makes one piece of it: once for each request, not once for each piece of a large one.
      for (; text.length > 0 && text.length >= awaited; awaited = 0) {
        const end = endOfRequest(text)
        awaited = end ?? 0
        if (end === undefined || text.length < end) return
        const request = text.slice(0, end)
        text = text.slice(end)
        requests.push(request)
        reply(socket, request, index++)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get connections() {
      return connections
    },
    closed: () => new Promise((resolve) => closings.push(resolve)),
    reset: async (next) => {
      reply = next
      const closed = [...sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve)))
      for (const socket of sockets) socket.destroy()
      await Promise.all(closed)
      requests.length = 0
      connections = 0
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** How long the first request is; undefined as long as its head is not whole. */
const endOfRequest = (text: string): number | undefined => {
  const head = text.indexOf('\r\n\r\n')
  if (head < 0) return undefined
  return head + 4 + Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, head))?.[1] ?? 0)
}
