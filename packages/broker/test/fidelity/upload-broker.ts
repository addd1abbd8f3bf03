import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { messageAnswer } from '../answers.ts'
import { startTestBroker, type TestBroker, type TestBrokerOptions } from '../harness.ts'

/** Answers one upload; the body is there to be read, or not. */
export type TakeUpload = (message: IncomingMessage, answer: ServerResponse) => void

/** A broker in front of a provider that takes uploads as a test says, with a tenant's own credential unless told otherwise. */
export interface UploadBroker extends TestBroker {
  /** The next uploads go to `take`; everything seen so far is forgotten. */
  reset(take: TakeUpload): void
  /** Heads of the requests that reached the provider. */
  readonly heads: readonly IncomingMessage[]
}

/** Starts both; `close` closes both. */
export const startUploadBroker = async (options: Omit<TestBrokerOptions, 'script'> = {}): Promise<UploadBroker> => {
  let take: TakeUpload = storeFile
  const heads: IncomingMessage[] = []
  const provider = createServer((message, answer) => {
    heads.push(message)
    take(message, answer)
  })
  provider.listen(0, '127.0.0.1')
  await once(provider, 'listening')
  const origin = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
  const broker = await startTestBroker({
    profile: 'byok_static',
    ...options,
    script: messageAnswer(),
    broker: { upstreamOrigins: { anthropic: origin, openai: origin }, ...options.broker },
  })
  return {
    ...broker,
    heads,
    reset: (next) => {
      take = next
      heads.length = 0
    },
    close: async () => {
      await broker.close()
      const closed = once(provider, 'close')
      provider.close()
      provider.closeAllConnections()
      await closed
    },
  }
}

/** What the provider answers when it has the whole file. */
export const fileObject = { id: 'file-1', object: 'file', bytes: 5, filename: 'a.wav', purpose: 'user_data' }

/** Reads all of an upload, then answers with {@link fileObject}. */
export const storeFile: TakeUpload = (message, answer) => {
  message.resume().once('end', () => sendJson(answer, 200, fileObject))
}

/** Answers with JSON at once. */
export const sendJson = (answer: ServerResponse, status: number, value: unknown): void => {
  answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

/** The head of an upload as it goes on the wire. */
export const uploadHead = (key: string, ...headers: readonly string[]): string =>
  [
    'POST /openai/v1/files HTTP/1.1',
    'host: localhost',
    `authorization: Bearer ${key}`,
    'content-type: multipart/form-data; boundary=x',
    ...headers,
    '',
    '',
  ].join('\r\n')

/** Resolves when a value has stayed the same for a while: nothing moves any more. */
export const settled = async (read: () => number): Promise<number> => {
  for (let before = read(), same = 0; ; ) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    same = read() === before ? same + 1 : 0
    before = read()
    if (same === 10 && before > 0) return before
  }
}
