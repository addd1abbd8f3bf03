import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { openSqliteStore } from '@vendo/broker'
import { Secret } from '@vendo/contract'
import {
  type Barrier,
  eventStreamAnswer,
  jsonAnswer,
  type ScriptedUpstream,
  startScriptedUpstream,
} from '@vendo/testkit'
import { onTestFinished, vi } from 'vitest'
import { startLocalBroker } from '../src/local/local-broker.ts'
import { folderWith, type Spawned, spawnVendo } from './vendo.ts'

const event = (data: Record<string, unknown>) => `event: ${String(data['type'])}\ndata: ${JSON.stringify(data)}\n\n`
const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-haiku-4-5', content: [] }
const start = event({ type: 'message_start', message: { ...message, usage: { input_tokens: 9, output_tokens: 1 } } })
/** The events after the barrier of a {@link startUpstream}. */
export const end = [
  event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 50 } }),
  event({ type: 'message_stop' }),
]

/** An Anthropic whose streams stop in the middle until the barrier opens, and whose other answers come at once. */
export const startUpstream = async (barrier: Barrier): Promise<ScriptedUpstream> => {
  const upstream = await startScriptedUpstream(({ body }) =>
    body.includes('"stream":true')
      ? eventStreamAnswer([start, barrier, ...end])
      : jsonAnswer({ ...message, usage: { input_tokens: 9, output_tokens: 50 } }),
  )
  onTestFinished(() => upstream.close())
  return upstream
}

/** A store that has a tenant, a key and a connection, and what a broker on it is started with. */
export interface Prepared {
  readonly cwd: string
  readonly words: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly key: string
  readonly tenantId: string
  readonly ledger: string
}

/** A running broker. */
export type Served = Spawned & Prepared & { readonly url: string }

/** Makes a store for `vendo dev` or `vendo broker`. */
export const prepare = async (command: 'dev' | 'broker', origin: string): Promise<Prepared> => {
  const cwd = folderWith()
  const secret = new Secret('test-upstream-key')
  const providerKeys = [{ slug: 'anthropic', secret, variable: 'ANTHROPIC_API_KEY', upstreamOrigin: origin }]
  const seeded = await startLocalBroker({ directory: cwd, providerKeys, announce: false })
  await seeded.close()
  const state = join(cwd, '.vendo')
  const ledger = join(state, 'ledger.sqlite')
  const own = { dev: [], broker: ['--store', `sqlite:${ledger}`, '--upstream', `anthropic=${origin}`] }[command]
  const env = { ANTHROPIC_API_KEY: 'test-upstream-key', ANTHROPIC_BASE_URL: origin }
  const vault = { VENDO_VAULT_KEY_FILE: join(state, 'vault.key') }
  return {
    cwd,
    words: [command, ...own],
    env: { ...env, ...vault },
    key: readFileSync(join(state, 'app.key'), 'utf8').trim(),
    tenantId: seeded.tenantId,
    ledger,
  }
}

/** Starts `vendo dev` or `vendo broker` on a store of its own. */
export const serve = async (
  command: 'dev' | 'broker',
  origin: string,
  words: readonly string[] = [],
): Promise<Served> => {
  const prepared = await prepare(command, origin)
  const spawned = spawnVendo([...prepared.words, '--port', '0', ...words], prepared)
  return { ...prepared, ...spawned, url: await addressOf(spawned, command) }
}

/** `vendo dev` says it on stdout, `vendo broker` on stderr. */
const addressOf = ({ child }: Spawned, command: 'dev' | 'broker'): Promise<string> =>
  new Promise((resolve, reject) => {
    let seen = ''
    const look = (piece: Buffer) => {
      seen += piece
      const [found] = /http:\/\/127\.0\.0\.1:\d+(?=\)|\s)/.exec(seen) ?? []
      if (found !== undefined) resolve(found)
    }
    const output = command === 'dev' ? child.stdout : child.stderr
    output?.on('data', look)
    child.once('close', () => reject(new Error(`it ended: ${seen}`)))
  })

/** Sends a call. */
export const call = ({ url, key }: Pick<Served, 'url' | 'key'>, stream: boolean, agent?: Agent): ClientRequest => {
  const sent = request(`${url}/anthropic/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    ...(agent && { agent }),
  })
  const messages = [{ role: 'user', content: 'x' }]
  sent.end(JSON.stringify({ model: 'claude-haiku-4-5', max_tokens: 50, stream, messages }))
  return sent
}

/** The head of the answer. */
export const answerTo = (sent: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    sent.once('response', resolve)
    sent.once('error', reject)
  })

/** A whole answer. */
export interface Whole {
  readonly status: number | undefined
  readonly text: string
  readonly complete: boolean
}

/** Reads to the end, clean or not. */
export const whole = (answer: IncomingMessage): Promise<Whole> =>
  new Promise((resolve) => {
    let text = ''
    answer.on('data', (piece) => {
      text += piece
    })
    answer.on('error', () => undefined)
    answer.once('close', () => resolve({ status: answer.statusCode, text, complete: answer.complete }))
  })

/** The calls of the store, and whether it adds up; once its broker has ended. */
export const readLedger = async ({ ledger, tenantId }: Pick<Prepared, 'ledger' | 'tenantId'>) => {
  const store = await openSqliteStore({ path: ledger })
  const calls = await store.listCalls({ tenantId, limit: 1_000_000 })
  const report = await store.verify()
  await store.close()
  return { calls, report }
}

/** A port of this machine that nobody listens on. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Until a broker answers, whether or not it can say so. */
export const untilHealthy = (url: string): Promise<unknown> =>
  vi.waitFor(async () => (await fetch(`${url}/healthz`)).text(), { timeout: 40_000, interval: 50 })

/** Keys of runs, with whether each was revoked. */
export const runKeys = async ({ ledger, tenantId }: Prepared): Promise<readonly boolean[]> => {
  const store = await openSqliteStore({ path: ledger })
  const keys = await store.listKeys(tenantId)
  await store.close()
  return keys.filter(({ name }) => name?.startsWith('vendo run')).map(({ revokedAt }) => revokedAt !== null)
}
