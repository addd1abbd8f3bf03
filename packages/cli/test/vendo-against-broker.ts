import { Secret } from '@vendo/contract'
import { onTestFinished } from 'vitest'
import { type LocalBroker, startLocalBroker } from '../src/local/local-broker.ts'
import { type Ended, folderWith, startAnthropic, vendo } from './vendo.ts'

/** A broker that runs in a folder, as `vendo dev` leaves it, and `vendo` in that folder. */
export interface Bench {
  readonly broker: LocalBroker
  readonly folder: string
  /** Runs a command in the folder; `env` holds nothing that is not given. */
  readonly run: (words: readonly string[], options?: BenchRun) => Promise<Ended>
  /** Calls Claude once through the broker. */
  readonly call: (key?: string, prompt?: string) => Promise<Response>
}

/** What a command gets. */
export interface BenchRun {
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
}

const bodyOf = (content: string): string =>
  JSON.stringify({ model: 'claude-haiku-4-5', max_tokens: 50, messages: [{ role: 'user', content }] })

/** Starts it with one found Anthropic key. */
export const openBench = async (): Promise<Bench> => {
  const { origin } = await startAnthropic()
  const folder = folderWith()
  const secret = new Secret('test-upstream-key')
  const providerKeys = [{ slug: 'anthropic', secret, variable: 'ANTHROPIC_API_KEY', upstreamOrigin: origin }]
  const broker = await startLocalBroker({ directory: folder, providerKeys })
  onTestFinished(() => broker.close())
  return {
    broker,
    folder,
    run: (words, { env = {}, input = '' } = {}) => vendo(words, { cwd: folder, env, input }),
    call: (key = broker.appKey.reveal(), prompt = 'x') =>
      fetch(`${broker.url}/anthropic/v1/messages`, {
        method: 'POST',
        headers: { 'x-api-key': key, 'content-type': 'application/json' },
        body: bodyOf(prompt),
      }),
  }
}
