import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { anthropicRequest, messageAnswer, messageStream } from '../answers.ts'
import { startTestBroker, type TestBroker } from '../harness.ts'
import { anthropic } from '../providers.ts'
import { testVault } from '../test-vault.ts'
import { startChaosRun } from './chaos-run.ts'
import { judgeAnswer, judgeLedger } from './judge-answer.ts'

const run = startChaosRun()
/** Long enough for the 1000 tokens of input that the scripted provider reports. */
const messages = [{ role: 'user', content: 'Hello. '.repeat(200) }]

/** Throws once, at the n-th time that anything in front of which it stands is used. */
class Tripwire {
  used: string[] = []
  #at: number | undefined

  arm(at: number | undefined): void {
    this.used = []
    this.#at = at
  }

  step(name: string): void {
    this.used.push(name)
    if (this.used.length === this.#at) throw new Error(`a fault at ${name}`)
  }

  /** Every member that is read trips, but the `spared` ones: before those are read nobody knows whose errors to answer with. */
  before<T extends object>(name: string, target: T, spared: readonly string[] = []): T {
    return new Proxy(target, {
      get: (whole, property) => {
        if (typeof property === 'string' && !spared.includes(property)) this.step(`${name}.${property}`)
        return Reflect.get(whole, property) as unknown
      },
    })
  }
}

const wire = new Tripwire()

/** A broker whose every step uses something that can trip: the provider's table, the vault, the clock of the log. */
const startTripping = (): Promise<TestBroker> => {
  const vault = testVault()
  const lines = { write: () => wire.step('log line') }
  return startTestBroker({
    script: ({ body }) => (body.includes('"stream":true') ? messageStream() : messageAnswer()),
    broker: {
      providers: [wire.before('provider', anthropic, ['errorShape', 'pathPrefix'])],
      vault: {
        seal: vault.seal,
        open: (...sealed) => {
          wire.step('vault.open')
          return vault.open(...sealed)
        },
      },
      logger: pino({ level: 'info', base: null }, lines),
    },
  })
}

describe('one fault at every step of the pipeline', () => {
  it.each([
    ['a JSON call', anthropicRequest({ messages })],
    ['a stream', anthropicRequest({ messages, stream: true })],
  ])('%s: the client is answered, each dispatch has one row, and nothing stays open', async (what, json) => {
    const broker = await startTripping()
    const call = () => broker.send({ path: '/anthropic/v1/messages', json })
    try {
      wire.arm(undefined)
      judgeAnswer(await call(), 'anthropic', 'without a fault')
      await judgeLedger(broker, 'without a fault')
      const places = [...wire.used]
      const codes: (string | undefined)[] = []
      for (let at = 1; at <= places.length; at++) {
        wire.arm(at)
        const context = `${what}: ${places[at - 1]} (${at} of ${places.length})`
        codes.push(judgeAnswer(await call(), 'anthropic', context))
        const calls = await judgeLedger(broker, context)
        for (const row of calls) expect(row.walletNanos, context).toBeLessThanOrEqual(row.holdNanos)
      }
      wire.arm(undefined)
      judgeAnswer(await call(), 'anthropic', 'after all faults')
      expect(codes.filter((code) => code !== undefined).length).toBeGreaterThan(0)
      const refused = codes.filter((code) => code !== undefined).length
      run.report(
        `${what}: ${places.length} faults, one at a time (${[...new Set(places)].join(', ')}): ${refused} calls refused, ${codes.length - refused} answered`,
      )
    } finally {
      await broker.close()
    }
  })
})
