import { Agent } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Faults, type FaultyBroker, startFaultyBroker } from '../../test/faulty-broker.ts'
import { planTranscripts } from './plan.ts'
import { type ReplayUpstream, startReplayUpstream } from './replay-upstream.ts'
import { runExchange } from './run-exchange.ts'

const root = join(import.meta.dirname, '../../test/fixtures/transcripts')
const agent = new Agent({ keepAlive: true })
let upstream: ReplayUpstream
let broker: FaultyBroker

beforeAll(async () => {
  upstream = await startReplayUpstream()
  broker = await startFaultyBroker(upstream.origin)
})

afterAll(async () => {
  agent.destroy()
  await broker.close()
  await upstream.close()
})

const split = {
  quantities: { input: 17, cache_read: 100, cache_write_5m: 70, cache_write_1h: 20, output: 9, web_search: 1 },
  flags: ['split_mismatch'],
  reasoningTokens: null,
}

const usageAsked = { quantities: { input: 32, cache_read: 10, output: 12 }, reasoningTokens: 8 }

const run = async (id: string, faults: Faults) => {
  const { exchanges } = await planTranscripts(root)
  const planned = exchanges.find(({ reference }) => reference.id === id)!
  broker.faults = faults
  return runExchange({ bench: broker.bench, upstream, agent }, planned)
}

const problemsOf = async (id: string, faults: Faults): Promise<string[]> =>
  (await run(id, faults)).flatMap(({ problems }) => problems)

describe('runExchange', () => {
  it('passes a proxy that changes nothing and meters right, under all four cuts', async () => {
    expect(await run('stream-split-mismatch', { call: split })).toEqual(
      ['whole', 'event', 'byte', 'random'].map((cut) => ({
        label: `anthropic/stream-split-mismatch (${cut})`,
        problems: [],
      })),
    )
  })

  it("takes the provider's own refusal as it is", async () => {
    expect(await problemsOf('refused-key', {})).toEqual([])
  })

  it.each<[string, Faults, RegExp]>([
    ['a changed byte', { body: (bytes) => Buffer.concat([bytes.subarray(0, -1), Buffer.from('!')]) }, /body differs/],
    ['a missing end', { body: (bytes) => bytes.subarray(0, -1) }, /body differs at byte/],
    ['another status', { status: 201 }, /status: 200 sent, 201 received/],
    ['a dropped content-encoding', { drop: 'content-encoding' }, /content-encoding: gzip sent, undefined received/],
    ['a changed request', { request: (bytes) => Buffer.concat([bytes, Buffer.from(' ')]) }, /request body differs/],
    [
      'wrong usage',
      { call: { ...split, quantities: { ...split.quantities, output: 1 } } },
      /usage output: expected 9, metered 1/,
    ],
    ['no ledger row', { call: undefined }, /no terminal row/],
    ['no request id', { drop: 'x-vendo-request-id' }, /no request id/],
    ['a refusal before the provider is called', { refuse: 402 }, /never called: status 402/],
    ['a cut connection', { cut: true }, /the call failed after the provider was called/],
  ])('fails on %s, under every cut', async (_, faults, message) => {
    const outcomes = await run('stream-split-mismatch', { call: split, ...faults })
    expect(outcomes).toHaveLength(4)
    for (const { problems } of outcomes) expect(problems.join('\n')).toMatch(message)
  })

  it('requires the usage to be asked for and hidden where the client did not ask', async () => {
    const outcomes = await run('stream-usage-asked', { call: usageAsked })
    expect(outcomes.slice(0, 4).flatMap(({ problems }) => problems)).toEqual([])
    expect(outcomes).toHaveLength(8)
    for (const { label, problems } of outcomes.slice(4)) {
      expect(label).toContain('usage not asked for')
      expect(problems).toEqual([
        expect.stringMatching(/^event 1 differs/),
        expect.stringMatching(/not asked for usage/),
      ])
    }
  })
})

describe('the named exception', () => {
  const asking = (bytes: Buffer): Buffer =>
    Buffer.from(String(bytes).replace(/\}\s*$/, ',"stream_options":{"include_usage":true}}'))
  const hiding = (bytes: Buffer): Buffer =>
    Buffer.from(
      String(bytes)
        .replace(/data: .*"choices": \[\].*\n\n/, '')
        .replaceAll(', "usage": null', ''),
    )

  it('passes a proxy that asks for usage and hides it', async () => {
    const outcomes = await run('stream-usage-asked', { call: usageAsked, request: asking, body: hiding })
    expect(outcomes.slice(4).flatMap(({ problems }) => problems)).toEqual([])
    // A client that asked itself must get its usage, from a request that nobody touched.
    expect(outcomes.slice(0, 4).every(({ problems }) => problems.length === 2)).toBe(true)
  })
})

describe('planTranscripts', () => {
  it('skips families without a provider and keeps every line of the others', async () => {
    const plan = await planTranscripts(root)
    expect([...plan.skipped]).toEqual([['vertex', 1]])
    expect(plan.exchanges).toHaveLength(5)
    expect(plan.exchanges.filter(({ expected }) => expected !== undefined)).toHaveLength(3)
    expect(plan.orphanedLines).toEqual([])
  })
})
