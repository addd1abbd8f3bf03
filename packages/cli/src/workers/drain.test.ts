import { readFileSync } from 'node:fs'
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { openSqliteStore } from '@vendo/broker'
import { Secret } from '@vendo/contract'
import {
  type Barrier,
  createBarrier,
  eventStreamAnswer,
  jsonAnswer,
  type ScriptedUpstream,
  startScriptedUpstream,
} from '@vendo/testkit'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { folderWith, type Spawned, spawnVendo } from '../../test/vendo.ts'
import { startLocalBroker } from '../local/local-broker.ts'

// Each test starts processes of its own, which a busy machine takes its time for.
vi.setConfig({ testTimeout: 60_000 })

const event = (data: Record<string, unknown>) => `event: ${String(data['type'])}\ndata: ${JSON.stringify(data)}\n\n`
const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-haiku-4-5', content: [] }
const start = event({ type: 'message_start', message: { ...message, usage: { input_tokens: 9, output_tokens: 1 } } })
const end = [
  event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 50 } }),
  event({ type: 'message_stop' }),
]

/** An Anthropic whose streams stop in the middle until the barrier opens, and whose other answers come at once. */
const startUpstream = async (barrier: Barrier): Promise<ScriptedUpstream> => {
  const upstream = await startScriptedUpstream(({ body }) =>
    body.includes('"stream":true')
      ? eventStreamAnswer([start, barrier, ...end])
      : jsonAnswer({ ...message, usage: { input_tokens: 9, output_tokens: 50 } }),
  )
  onTestFinished(() => upstream.close())
  return upstream
}

interface Served extends Spawned {
  readonly url: string
  readonly key: string
  readonly tenantId: string
  readonly ledger: string
}

/** Starts `vendo dev` or `vendo broker` on a store that has a tenant, a key and a connection. */
const serve = async (command: 'dev' | 'broker', origin: string, words: readonly string[] = []): Promise<Served> => {
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
  const spawned = spawnVendo([command, '--port', '0', ...own, ...words], { cwd, env: { ...env, ...vault } })
  const url = await addressOf(spawned, command)
  return {
    ...spawned,
    url,
    key: readFileSync(join(state, 'app.key'), 'utf8').trim(),
    tenantId: seeded.tenantId,
    ledger,
  }
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

const call = ({ url, key }: Served, stream: boolean, agent?: Agent): ClientRequest => {
  const sent = request(`${url}/anthropic/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    ...(agent && { agent }),
  })
  const messages = [{ role: 'user', content: 'x' }]
  sent.end(JSON.stringify({ model: 'claude-haiku-4-5', max_tokens: 50, stream, messages }))
  return sent
}

const answerTo = (sent: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    sent.once('response', resolve)
    sent.once('error', reject)
  })

interface Whole {
  readonly status: number | undefined
  readonly text: string
  readonly complete: boolean
}

/** Reads to the end, clean or not. */
const whole = (answer: IncomingMessage): Promise<Whole> =>
  new Promise((resolve) => {
    let text = ''
    answer.on('data', (piece) => {
      text += piece
    })
    answer.on('error', () => undefined)
    answer.once('close', () => resolve({ status: answer.statusCode, text, complete: answer.complete }))
  })

/** Sends one call after the other on one connection until there is no answer; resolves to the whole answers. */
const keepCalling = async (served: Served): Promise<readonly Whole[]> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  const answers: Whole[] = []
  for (;;) {
    try {
      answers.push(await whole(await answerTo(call(served, false, agent))))
    } catch {
      return answers
    }
  }
}

const untilRefused = async (served: Served): Promise<void> => {
  for (;;) {
    const refused = await answerTo(call(served, false, new Agent())).then(
      (answer) => {
        answer.resume()
        return false
      },
      () => true,
    )
    if (refused) return
  }
}

const readLedger = async ({ ledger, tenantId }: Served) => {
  const store = await openSqliteStore({ path: ledger })
  const calls = await store.listCalls({ tenantId, limit: 1_000_000 })
  const report = await store.verify()
  await store.close()
  return { calls, report }
}

const streams = 6

describe.each(['dev', 'broker'] as const)('SIGTERM of vendo %s during load', (command) => {
  it('refuses what is new, lets what runs end, settles all of it and exits 0', async () => {
    const barrier = createBarrier()
    const served = await serve(command, (await startUpstream(barrier)).origin)
    const opened = await Promise.all(Array.from({ length: streams }, () => answerTo(call(served, true))))
    const read = opened.map(whole)
    const callers = Array.from({ length: 4 }, () => keepCalling(served))
    await whole(await answerTo(call(served, false)))
    served.child.kill('SIGTERM')
    await untilRefused(served)
    const short = (await Promise.all(callers)).flat()
    barrier.open()
    const long = await Promise.all(read)
    expect((await served.ended).code).toBe(0)

    expect(long.map(({ text, complete }) => [complete, text.endsWith(end[1] ?? '')])).toEqual(
      long.map(() => [true, true]),
    )
    expect(short.length).toBeGreaterThan(0)
    expect(short.filter(({ status, complete }) => status !== 200 || !complete)).toEqual([])
    const { calls, report } = await readLedger(served)
    expect(report).toMatchObject({ ok: true, openHolds: 0, problems: [] })
    expect(calls.filter(({ state }) => state === 'actual').length).toBeGreaterThanOrEqual(streams + short.length + 1)
  })

  it('ends at once on a second signal', async () => {
    const served = await serve(command, (await startUpstream(createBarrier())).origin)
    const stream = whole(await answerTo(call(served, true)))
    served.child.kill('SIGTERM')
    await untilRefused(served)
    served.child.kill('SIGTERM')
    expect([(await served.ended).code, (await stream).complete]).toEqual([143, false])
  })
})

it.each(['dev', 'broker'] as const)(
  'vendo %s cuts what still runs after its grace, and settles that, too',
  async (command) => {
    const served = await serve(command, (await startUpstream(createBarrier())).origin, ['--grace', '0'])
    const stream = whole(await answerTo(call(served, true)))
    served.child.kill('SIGINT')
    expect(await stream).toMatchObject({ complete: false, text: expect.stringContaining('event: error') })
    expect((await served.ended).code).toBe(0)
    const { calls, report } = await readLedger(served)
    expect(calls).toMatchObject([{ state: 'estimated', reason: 'shutdown' }])
    expect(report).toMatchObject({ ok: true, openHolds: 0 })
  },
)
