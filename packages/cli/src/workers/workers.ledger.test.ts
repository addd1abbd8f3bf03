import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { createVault, mintKey, openPostgresStore } from '@vendo/broker'
import { nanosFromUsd, Secret } from '@vendo/contract'
import { createBarrier, eventStreamAnswer, jsonAnswer, startScriptedUpstream } from '@vendo/testkit'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { folderWith, spawnVendo } from '../../test/vendo.ts'

const server = inject('postgresUrl')
const vaultKey = Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64')
const [tenantId, appId, connectionId] = ['ten_test', 'app_test', 'con_test']

const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-haiku-4-5', content: [] }
const event = (data: Record<string, unknown>) => `event: ${String(data['type'])}\ndata: ${JSON.stringify(data)}\n\n`
const start = event({ type: 'message_start', message: { ...message, usage: { input_tokens: 9, output_tokens: 1 } } })
const end = [
  event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } }),
  event({ type: 'message_stop' }),
].join('')

const createDatabase = async (): Promise<string> => {
  const { default: pg } = await import('pg')
  const name = `vendo_workers_${randomBytes(6).toString('hex')}`
  const client = new pg.Client({ connectionString: server ?? '' })
  await client.connect()
  await client.query(`CREATE DATABASE ${name}`)
  await client.end()
  const url = new URL(server ?? '')
  url.pathname = `/${name}`
  return url.href
}

/** A tenant with credit, an app, its connection and its key; returns the key. */
const seed = async (url: string): Promise<string> => {
  const store = await openPostgresStore({ url })
  const vault = createVault({ keyEncryptionKey: new Secret(vaultKey) })
  const createdAt = 1_000
  await store.createTenant({ id: tenantId, name: 'test', createdAt })
  await store.createApp({ id: appId, tenantId, name: 'test', createdAt })
  await store.createConnection({
    id: connectionId,
    tenantId,
    integration: 'anthropic',
    profile: 'vendo_managed_pool',
    name: 'test',
    status: 'connected',
    metadata: {},
    sealed: vault.seal(new Secret('test-upstream-key'), { tenantId, connectionId, field: 'secret' }),
    createdAt,
  })
  await store.createBinding({ appId, connectionId, tenantId, createdAt })
  await store.topUp({ id: 'top_test', tenantId, amountNanos: nanosFromUsd('10'), note: '', idempotencyKey: null })
  const { key, hash, display } = mintKey('inference')
  const owner = { tenantId, appId, connectionId: null, kind: 'inference', scope: 'app', name: 'test' } as const
  await store.createKey({
    id: 'key_test',
    hash,
    display,
    ...owner,
    limits: {},
    createdAt,
    expiresAt: null,
    revokedAt: null,
  })
  await store.close()
  return key.reveal()
}

const serve = async () => {
  const barrier = createBarrier()
  const upstream = await startScriptedUpstream(({ body }) =>
    body.includes('"stream":true')
      ? eventStreamAnswer([start, barrier, end])
      : jsonAnswer({ ...message, usage: { input_tokens: 9, output_tokens: 5 } }),
  )
  onTestFinished(() => upstream.close())
  const database = await createDatabase()
  const key = await seed(database)
  const words = ['broker', '--workers', '2', '--port', '0', '--metrics-port', '0', '--outbox', 'outbox']
  const spawned = spawnVendo(
    [...words, '--operator-key-file', 'op.key', '--upstream', `anthropic=${upstream.origin}`],
    {
      cwd: folderWith(),
      env: { VENDO_VAULT_KEY: vaultKey, VENDO_STORE: database },
    },
  )
  let seen = ''
  const says = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const [, found] = pattern.exec(seen) ?? []
        if (found !== undefined) resolve(found)
      }
      spawned.child.stderr?.on('data', look)
      void spawned.ended.then(({ err }) => reject(new Error(`it ended: ${err}`)))
      look()
    })
  spawned.child.stderr?.prependListener('data', (piece) => {
    seen += piece
  })
  const metrics = await says(/metrics are at (\S+)/)
  const url = await says(/2 brokers listen \((\S+)\)/)
  return { ...spawned, says, barrier, database, metrics, url, key }
}

type Served = Awaited<ReturnType<typeof serve>>

/** Each call on a connection of its own, so that the workers share them. */
const call = ({ url, key }: Served, stream: boolean): ClientRequest => {
  const headers = { 'x-api-key': key, 'content-type': 'application/json' }
  const sent = request(`${url}/anthropic/v1/messages`, { method: 'POST', headers, agent: new Agent() })
  sent.end(
    JSON.stringify({ model: 'claude-haiku-4-5', max_tokens: 9, stream, messages: [{ role: 'user', content: 'x' }] }),
  )
  return sent
}

const answerTo = (sent: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    sent.once('response', resolve)
    sent.once('error', reject)
  })

const textOf = async (answer: IncomingMessage): Promise<string> => {
  let text = ''
  for await (const piece of answer) text += piece
  return text
}

const workersOf = ({ child }: Served): readonly number[] =>
  execFileSync('ps', ['-o', 'pid=', '--ppid', String(child.pid)])
    .toString()
    .trim()
    .split(/\s+/)
    .map(Number)
    .slice(0, 2)

const ledgerOf = async ({ database }: Served) => {
  const store = await openPostgresStore({ url: database })
  const calls = await store.listCalls({ tenantId, limit: 1_000 })
  const report = await store.verify()
  await store.close()
  return { calls, report }
}

describe.skipIf(server === null)('vendo broker --workers 2', () => {
  it('serves one port, adds its metrics up, starts a dead worker again, and drains', async () => {
    const served = await serve()
    const answers = await Promise.all(Array.from({ length: 20 }, async () => answerTo(call(served, false))))
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(answers.map(() => 200))
    const text = await (await fetch(served.metrics)).text()
    expect(text).toMatch(/vendo_calls_total\{[^}]*status="200"[^}]*\} 20\n/)
    expect(text).toMatch(/vendo_calls_in_flight 0\n/)

    const before = workersOf(served)
    process.kill(before[0] ?? 0, 'SIGKILL')
    await served.says(/(worker \d ended \(SIGKILL\); it starts again in 100 ms)/)
    while (workersOf(served).filter((pid) => pid > 0).length < 2)
      await new Promise((resolve) => setTimeout(resolve, 20))
    expect(workersOf(served)).not.toEqual(before)

    const streams = await Promise.all(Array.from({ length: 6 }, () => answerTo(call(served, true))))
    served.child.kill('SIGTERM')
    await served.says(/(draining)/)
    served.barrier.open()
    expect((await Promise.all(streams.map(textOf))).map((stream) => stream.endsWith(end))).toEqual(
      streams.map(() => true),
    )
    expect((await served.ended).code).toBe(0)
    const { calls, report } = await ledgerOf(served)
    expect(calls.map(({ state }) => state)).toEqual(Array.from({ length: 26 }, () => 'actual'))
    expect(report).toMatchObject({ ok: true, openHolds: 0, problems: [] })
  })

  it('ends its calls in peace even when the primary is gone', async () => {
    const served = await serve()
    const streams = await Promise.all(Array.from({ length: 4 }, () => answerTo(call(served, true))))
    const workers = workersOf(served)
    served.child.kill('SIGKILL')
    served.barrier.open()
    expect((await Promise.all(streams.map(textOf))).map((stream) => stream.endsWith(end))).toEqual(
      streams.map(() => true),
    )
    for (const pid of workers) {
      while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20))
    }
    const { calls, report } = await ledgerOf(served)
    expect(calls.map(({ state }) => state)).toEqual(streams.map(() => 'actual'))
    expect(report).toMatchObject({ ok: true, openHolds: 0 })
  })

  it('ends at once on a second signal, and leaves no worker behind', async () => {
    const served = await serve()
    const streams = await Promise.all(Array.from({ length: 4 }, () => answerTo(call(served, true))))
    const cut = Promise.allSettled(streams.map(textOf))
    const workers = workersOf(served)
    served.child.kill('SIGTERM')
    await served.says(/(draining)/)
    served.child.kill('SIGTERM')
    expect((await served.ended).code).toBe(143)
    expect((await cut).map(({ status }) => status)).toEqual(streams.map(() => 'rejected'))
    for (const pid of workers) {
      while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })
})

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
