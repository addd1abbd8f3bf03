import { eventStreamAnswer, jsonAnswer, type ScriptedRequest } from '@vendo/testkit'
import { describe, expect, it } from 'vitest'
import { anthropicRequest, chatEventsWithUsage, chatRequest, messageAnswer, messageStream } from '../answers.ts'
import { createFaultyStore, type Fault, type StoreCall } from '../faulty-store.ts'
import { startTestBroker, type TestBroker } from '../harness.ts'
import { startChaosRun } from './chaos-run.ts'
import { type ChaosStore, chaosStores, opening } from './chaos-stores.ts'
import { judgeAnswer, judgeLedger } from './judge-answer.ts'

const run = startChaosRun()

const responseOf = (status: string, usage: unknown) =>
  jsonAnswer({ id: 'resp_1', object: 'response', status, model: 'gpt-4o-mini', output: [], usage })
const usage = { input_tokens: 1000, input_tokens_details: { cached_tokens: 0 }, output_tokens: 100, total_tokens: 1100 }

const script = ({ method, url, body }: ScriptedRequest) => {
  if (url.includes('/models')) return jsonAnswer({ object: 'list', data: [] })
  if (url.includes('/responses')) return method === 'POST' ? responseOf('queued', null) : responseOf('completed', usage)
  const stream = body.includes('"stream":true')
  if (url.includes('/chat/')) return eventStreamAnswer(chatEventsWithUsage)
  return stream ? messageStream() : messageAnswer()
}

interface Step {
  readonly slug: string
  readonly path: string
  readonly method?: string
  readonly json?: unknown
}

/** Every kind of call that touches the store in its own way, one after the other. */
const steps: readonly Step[] = [
  { slug: 'anthropic', path: '/anthropic/v1/messages', json: anthropicRequest() },
  { slug: 'anthropic', path: '/anthropic/v1/messages', json: anthropicRequest({ stream: true }) },
  { slug: 'openai', path: '/openai/v1/chat/completions', json: chatRequest({ stream: true }) },
  { slug: 'openai', path: '/openai/v1/models', method: 'GET' },
  { slug: 'openai', path: '/openai/v1/models', method: 'GET' },
  { slug: 'openai', path: '/openai/v1/responses', json: { model: 'gpt-4o-mini', input: 'Hi', background: true } },
  { slug: 'openai', path: '/openai/v1/responses/resp_1', method: 'GET' },
  { slug: 'openai', path: '/openai/v1/responses/resp_1', method: 'GET' },
]

const play = async (broker: TestBroker, context: string): Promise<readonly (string | undefined)[]> => {
  const codes: (string | undefined)[] = []
  for (const { slug, ...sending } of steps) codes.push(judgeAnswer(await broker.send(sending), slug, context))
  return codes
}

const queued = steps.findIndex(({ json, path }) => json !== undefined && path.endsWith('/responses'))

/** A response that was never made cannot be polled; every other refusal is the store's. */
const unexpected = (codes: readonly (string | undefined)[]): readonly (string | undefined)[] =>
  codes.filter((code, index) => {
    if (code === 'job_not_found') return index < queued || codes[queued] === undefined
    return code !== undefined && code !== 'store_unavailable'
  })

/** The n-th call of one name: background work may call in between, so that a bare number would not name the same call twice. */
type Place = `${StoreCall['name']} ${number}`

const placesOf = (calls: readonly StoreCall['name'][]): readonly Place[] => {
  const seen = new Map<string, number>()
  return calls.map((name) => {
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return `${name} ${count}` as const
  })
}

/** Runs every step with one fault, at the first moment that the place is reached. Returns the codes, and whether it was. */
const playWithFault = async (store: ChaosStore, place: Place | undefined, fault: Fault) => {
  const faulty = createFaultyStore()
  const broker = await startTestBroker({ script, openStore: opening(store), seenByBroker: faulty.seenByBroker })
  const before = faulty.calls.length
  let reached = false
  faulty.fault = () => {
    if (reached || placesOf(faulty.calls.slice(before)).at(-1) !== place) return 'none'
    reached = true
    return fault
  }
  const context = `${fault} at ${place}`
  try {
    const codes = await play(broker, context)
    const calls = await judgeLedger(broker, context)
    return { codes, calls, reached, places: placesOf(faulty.calls.slice(before)) }
  } finally {
    await broker.close().catch(assertLost)
  }
}

/** A fault in the last moment, on a store without an outbox folder: the broker says that a settlement was lost. */
const assertLost = (error: unknown): void => expect(error).toMatchObject({ code: 'store_unavailable' })

describe.each(chaosStores)('one fault at every store call, on $name', (store) => {
  it('each answer is whole or a typed error, each dispatch has one row, and nothing stays open', async () => {
    const well = await playWithFault(store, undefined, 'none')
    expect(well.codes.filter((code) => code !== undefined)).toEqual([])
    const places = [...new Set(well.places)]
    const tally = { runs: 0, reached: 0, refusals: 0 }
    for (const place of places) {
      const faults: readonly Fault[] = place.startsWith('hold') ? ['refused', 'lost', 'hangs'] : ['refused', 'lost']
      for (const fault of faults) {
        const { codes, reached } = await playWithFault(store, place, fault)
        tally.runs++
        if (reached) tally.reached++
        tally.refusals += codes.filter((code) => code !== undefined).length
        expect(unexpected(codes), `${fault} at ${place}`).toEqual([])
      }
    }
    expect(tally.reached).toBeGreaterThan(tally.runs / 2)
    run.report(
      `${store.name}: ${places.length} store calls (${places.join(', ')}), ${tally.runs} runs with one fault each, ${tally.reached} met it, ${tally.refusals} calls refused`,
    )
  })
})
