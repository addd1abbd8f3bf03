import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { outliveAnswer } from './outlive-answer.ts'

let server: Server
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const start = async (listener: RequestListener): Promise<Socket> => {
  server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  client.on('error', () => undefined)
  return client
}

const head = (...headers: readonly string[]) => ['POST / HTTP/1.1', 'host: a', ...headers, '', ''].join('\r\n')
const closed = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()))

describe('a client that is still sending when its answer ends', () => {
  it.each([['keep-alive'], ['close']])('and asked for %s: sends on to the end', async (connection) => {
    const whole = Promise.withResolvers<boolean>()
    const client = await start((message, answer) => {
      outliveAnswer(message, answer)
      message.once('end', () => whole.resolve(message.complete))
      answer.end('early')
    })
    client.write(`${head('content-length: 10', `connection: ${connection}`)}hello`)
    const [answer] = (await once(client, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*early/)
    client.write('world')
    expect(await whole.promise).toBe(true)
    if (connection === 'close') await closed(client)
  })

  it('and never ends: is cut when patience does', async () => {
    const client = await start((message, answer) => {
      outliveAnswer(message, answer, 20)
      answer.end('early')
    })
    client.resume()
    client.write(`${head('content-length: 10')}hello`)
    await closed(client)
  })
})

it('a client that asked for close, and has sent everything, is closed', async () => {
  const client = await start((message, answer) => {
    outliveAnswer(message, answer)
    message.resume().once('end', () => answer.end('late'))
  })
  client.resume()
  client.write(`${head('content-length: 5', 'connection: close')}hello`)
  await closed(client)
})
