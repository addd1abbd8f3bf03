import type { KeyLimits } from '@vendo/contract/api'
import type { CallRecord } from '../../src/store/records.ts'
import { messageAnswer } from '../answers.ts'
import { startTestBroker, type TestBroker, type TestBrokerOptions } from '../harness.ts'
import { type RawReply, type RawUpstream, startRawUpstream } from './raw-upstream.ts'

/** A broker in front of a provider whose bytes the test writes itself. */
export interface RawBroker extends TestBroker {
  readonly raw: RawUpstream
  /** A key for one test, with its own calls. */
  oneKey(limits?: KeyLimits): Promise<OneKey>
}

/** A key, and every attempt that was made with it, after what was decided is durable. */
export interface OneKey {
  readonly key: string
  calls(): Promise<readonly CallRecord[]>
}

/** Starts both; `close` closes both. */
export const startRawBroker = async (
  reply: RawReply,
  options: Omit<TestBrokerOptions, 'script'> = {},
): Promise<RawBroker> => {
  const raw = await startRawUpstream(reply)
  const broker = await startTestBroker({
    ...options,
    script: messageAnswer(),
    broker: { upstreamOrigins: { anthropic: raw.origin, openai: raw.origin }, ...options.broker },
  })
  return {
    ...broker,
    raw,
    oneKey: async (limits) => {
      const { id, key } = await broker.mint(limits)
      return { key, calls: async () => (await broker.calls()).filter(({ keyId }) => keyId === id) }
    },
    close: async () => {
      await broker.close()
      await raw.close()
    },
  }
}

const wholeMessage = String(messageAnswer().body)

/** An answer as it goes on the wire; the default is a whole message. */
export const rawAnswer = (headers: readonly string[] = [], body = wholeMessage): string =>
  [
    'HTTP/1.1 200 OK',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    ...headers,
    '',
    body,
  ].join('\r\n')
