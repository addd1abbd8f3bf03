import { request as startRequest } from 'node:http'
import { figures, measureInTurns } from '../lib/measure.ts'
import { conversationBody } from '../lib/request-bytes.ts'
import { median, spreadOf } from '../lib/spread.ts'
import { type BrokerVariant, startBrokerVariant } from '../variants/broker.ts'
import { directVariant } from '../variants/direct.ts'
import { part, type Scenario, withVariants } from './scenario.ts'

const bytes = 2_000_000
const calls = 15

/** Bodies of 2 MB, one after another: the time they take longer, and for how long everybody else has to wait. */
export const requestBody: Scenario = {
  name: 'body',
  targets: ['body-added', 'body-block'],
  run: async ({ mockPort, folder, runLoad, rounds }) => {
    // On all cores, as it would run: parsing off the event loop helps only where there is a core for it.
    const broker = await startBrokerVariant({ mockPort, folder, core: null })
    const variants = [directVariant(mockPort), broker]
    const workload = { model: 'mock-json', stream: false, connections: 1, bytes }
    return withVariants(variants, async () => {
      const samples = await measureInTurns(runLoad, variants, { rounds, workload })
      const [direct, through] = (['direct', 'broker'] as const).map((name) =>
        figures(samples, name, ({ load }) => load.p50 / 1000),
      )
      const blocks = await measureBlocks(broker)
      return [
        {
          target: 'body-added' as const,
          value: spreadOf((through ?? []).map((value, round) => value - (direct?.[round] ?? Number.NaN))),
          parts: [part('direct', median(direct ?? []), 'ms')],
        },
        { target: 'body-block' as const, value: spreadOf(blocks), parts: [part('calls', calls, '')] },
      ]
    })
  },
}

/** The longest pause of the event loop in each of some calls. */
const measureBlocks = async (broker: BrokerVariant): Promise<readonly number[]> => {
  const key = String(/x-api-key: (\S+)/.exec(broker.requestFor({ model: 'mock', stream: false }).toString())?.[1])
  const body = conversationBody('mock-json', false, bytes)
  const blocks: number[] = []
  for (let call = 0; call < calls; call++) {
    await broker.process.ask('watch-loop')
    await post(broker.port, key, body)
    blocks.push(await broker.process.ask('read-loop'))
  }
  return blocks
}

const post = (port: number, key: string, body: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    const headers = { 'x-api-key': key, 'content-type': 'application/json', 'content-length': body.length }
    const options = { port, host: '127.0.0.1', method: 'POST', path: '/anthropic/v1/messages', headers }
    const request = startRequest(options, (answer) => {
      answer.resume()
      answer.on('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(`status ${answer.statusCode}`))))
    })
    request.on('error', reject)
    request.end(body)
  })
