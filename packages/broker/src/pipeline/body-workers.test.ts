import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { type BodyWorkers, createBodyWorkers } from './body-workers.ts'
import type { MeteredBodyInParts } from './read-metered-body.ts'

let workers: BodyWorkers | undefined
afterEach(() => workers?.close())

const input = (...parts: readonly string[]): MeteredBodyInParts => ({
  parts: parts.map((part) => new Uint8Array(Buffer.from(part))),
  wireFormat: 'openai-chat',
  path: '/v1/chat/completions',
  asksForChatUsage: true,
})

/** A thread that does what the text says with each message. */
const thread = (text: string) => () =>
  new Worker(`const { parentPort } = require('node:worker_threads'); ${text}`, { eval: true })

describe('a body read in a thread', () => {
  it('comes back with its facts and the bytes that go on, and its buffers have moved', async () => {
    workers = createBodyWorkers()
    const asked = input('{"model":', '"m","str', 'eam":true}')
    const read = await workers.read(asked)
    expect(asked.parts.map(({ byteLength }) => byteLength)).toEqual([0, 0, 0])
    expect(read).toMatchObject({ facts: { model: 'm', stream: true }, usageAdded: true })
    expect(JSON.parse(Buffer.from(read.outgoing).toString())).toEqual({
      model: 'm',
      stream: true,
      stream_options: { include_usage: true },
    })
  })

  it('goes on as it is where nothing is added', async () => {
    workers = createBodyWorkers()
    const { outgoing } = await workers.read(input(' {"model":"m"}\n'))
    expect(Buffer.from(outgoing).toString()).toBe(' {"model":"m"}\n')
  })

  it.each([
    ['what is no JSON', '{"model":', /not valid JSON/],
    ['a list that is too long', JSON.stringify({ models: Array(101).fill('m') }), /`models` has 101 entries/],
  ])('is refused as here: %s', async (_what, body, message) => {
    workers = createBodyWorkers()
    await expect(workers.read(input(body))).rejects.toMatchObject({
      code: 'validation_failed',
      message: expect.stringMatching(message),
      suggestedFix: expect.any(String),
    })
  })
})

describe('a thread', () => {
  it('that fails ends its own call only', async () => {
    let started = 0
    workers = createBodyWorkers({ maxWorkers: 1, maxWaiting: 5 }, () =>
      thread(
        started++ === 0
          ? "parentPort.on('message', () => { throw new Error('out of memory') })"
          : "parentPort.on('message', () => parentPort.postMessage({ read: { facts: 'second' } }))",
      )(),
    )
    const [first, second] = await Promise.allSettled([workers.read(input('{}')), workers.read(input('{}'))])
    expect(first).toMatchObject({ status: 'rejected', reason: { code: 'overloaded' } })
    expect(second).toMatchObject({ status: 'fulfilled', value: { facts: 'second' } })
  })

  it('starts only when it is needed, and never beyond the limit', async () => {
    let started = 0
    workers = createBodyWorkers({ maxWorkers: 2, maxWaiting: 1 }, () => {
      started++
      return thread("parentPort.on('message', () => {})")()
    })
    expect(started).toBe(0)
    const reads = [1, 2, 3, 4].map(() => workers?.read(input('{}')))
    await expect(reads[3]).rejects.toMatchObject({ code: 'overloaded' })
    expect(started).toBe(2)
    const rest = Promise.allSettled(reads)
    await workers.close()
    expect((await rest).map(({ status }) => status)).toEqual(Array(4).fill('rejected'))
  })
})
