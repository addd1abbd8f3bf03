import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { anthropicRequest, messageAnswer } from './answers.ts'
import { startTestBroker, type TestBroker } from './harness.ts'

const upgrade = (broker: TestBroker, onConnected: (socket: ReturnType<typeof connect>) => void): Promise<string> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(broker.url)
    let received = ''
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        'GET /openai/v1/realtime HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
      )
      onConnected(socket)
    })
    socket.on('data', (bytes) => {
      received += bytes.toString()
    })
    socket.on('error', () => undefined)
    socket.once('close', () => resolve(received))
  })

it('a WebSocket gets a clear 426', async () => {
  const broker = await startTestBroker({ script: messageAnswer() })
  expect(await upgrade(broker, () => undefined)).toMatch(/^HTTP\/1\.1 426 /)
  await broker.close()
})

it('clients that ask for a WebSocket and reset the connection do not end the process', async () => {
  const broker = await startTestBroker({ script: messageAnswer() })
  for (let round = 0; round < 300; round++) await upgrade(broker, (socket) => socket.resetAndDestroy())
  expect((await broker.send({ path: '/anthropic/v1/messages', json: anthropicRequest() })).status).toBe(200)
  await broker.close()
})

it('an offer of h2c that nobody takes up is an ordinary request', async () => {
  const broker = await startTestBroker({ script: messageAnswer() })
  const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAEAAEAAAAIAAAAA' }
  const answer = await broker.send({ path: '/anthropic/v1/messages', json: anthropicRequest(), headers })
  expect(answer.status).toBe(200)
  expect(broker.upstream.requests[0]?.header('http2-settings')).toBeUndefined()
  await broker.close()
})
