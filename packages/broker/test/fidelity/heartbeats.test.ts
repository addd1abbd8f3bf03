import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anthropicRequest, messageEvents } from '../answers.ts'
import { type RawBroker, startRawBroker } from './raw-broker.ts'

const everyMs = 20
let broker: RawBroker
beforeAll(async () => {
  broker = await startRawBroker(() => undefined, { broker: { heartbeatMs: everyMs } })
})
afterAll(() => broker.close())

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const head = (more = '') => `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n${more}connection: close\r\n\r\n`

/** Writes pieces with a long silence after each. */
const withSilences = async (socket: Socket, first: string, pieces: readonly (string | Buffer)[]) => {
  socket.write(first)
  for (const piece of pieces) {
    socket.write(piece)
    await wait(5 * everyMs)
  }
  socket.end()
}

const stream = () => broker.send({ path: '/anthropic/v1/messages', json: anthropicRequest({ stream: true }) })
const whole = messageEvents.join('')

describe('heartbeats, for operators who ask for them', () => {
  it('are comment lines between events, and nothing else changes', async () => {
    await broker.raw.reset((socket) => void withSilences(socket, head(), messageEvents))
    const answer = await stream()
    expect(answer.text).toContain('\n\n:\n\n')
    expect(answer.text.replace(/^:\n\n/gm, '')).toBe(whole)
  })

  it('are skipped by the official SDK', async () => {
    await broker.raw.reset((socket) => void withSilences(socket, head(), messageEvents))
    const client = new Anthropic({ apiKey: broker.key, baseURL: `${broker.url}/anthropic` })
    const message = await client.messages
      .stream({ model: 'claude-haiku-4-5', max_tokens: 200, messages: [{ role: 'user', content: 'Hi' }] })
      .finalMessage()
    expect(message.content).toMatchObject([{ text: 'Hello.' }])
  })

  it('never cut an event in two', async () => {
    const cut = [whole.slice(0, 30), whole.slice(30)]
    await broker.raw.reset((socket) => void withSilences(socket, head(), cut))
    expect((await stream()).text.replace(/(:\n\n)+$/, '')).toBe(whole)
  })

  it('stay out of compressed streams and of JSON', async () => {
    const zipped = gzipSync(whole)
    const pieces = [zipped.subarray(0, 40), zipped.subarray(40)]
    await broker.raw.reset((socket) => void withSilences(socket, head('content-encoding: gzip\r\n'), pieces))
    expect((await stream()).body.equals(zipped)).toBe(true)
    const json = [JSON.stringify({ type: 'message' }), '\n\n', ' ']
    const jsonHead = head().replace('text/event-stream', 'application/json')
    await broker.raw.reset((socket) => void withSilences(socket, jsonHead, json))
    expect((await stream()).text).toBe(json.join(''))
  })
})
