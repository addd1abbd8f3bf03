import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Secret } from '@vendo/contract'
import { createBarrier, startScriptedUpstream } from '@vendo/testkit'
import { afterEach, expect, it } from 'vitest'
import { anthropicRequest, messageAnswer } from '../../../test/answers.ts'
import { minting, seed } from '../../../test/harness.ts'
import { answered, open, send } from '../../../test/http-client.ts'
import { createVault } from '../../credentials/vault.ts'
import type { Store } from '../store.ts'
import { openPostgresStore } from './open-postgres-store.ts'
import { createDatabase, serverUrl } from './test/fresh-database.ts'

const repetitions = 20
const requests = 200
const fitting = 7
const tenantId = 'ten_test'

interface BrokerChild {
  readonly process: ChildProcess
  readonly url: string
}

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

const startBroker = async (url: string, origin: string): Promise<BrokerChild> => {
  const script = join(import.meta.dirname, 'test/broker-child.ts')
  const child = spawn(process.execPath, ['--conditions=vendo-source', script, url, origin], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { process: child, url: line.toString().trim() }
}

const stopBroker = async ({ process: child }: BrokerChild): Promise<void> => {
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}

const vault = createVault({
  keyEncryptionKey: new Secret(Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64')),
})

const call = (key: string) => ({
  path: '/anthropic/v1/messages',
  headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
  body: JSON.stringify(anthropicRequest()),
})

/** What one such call holds, learned from a first one. */
const learnHold = async (store: Store, url: string, key: string): Promise<bigint> => {
  expect((await send(url, call(key))).status).toBe(200)
  const [first] = await store.listCalls({ tenantId, limit: 1 })
  if (first === undefined) throw new Error('the first call left no row')
  return first.holdNanos
}

it.skipIf(serverUrl === undefined)(
  `${requests} parallel requests to 4 brokers against a budget for ${fitting}: ${fitting} are admitted, ${repetitions} times`,
  async () => {
    const database = await createDatabase()
    const store = await openPostgresStore({ url: database, patienceMs: 10_000 })
    await seed(store, vault, { creditUsd: '10' })
    const { key } = await minting(store)()
    let gate = createBarrier()
    gate.open()
    let reached = (): void => undefined
    // Nobody is answered before everybody was refused or waits here: no money comes back meanwhile.
    const upstream = await startScriptedUpstream(async () => {
      reached()
      await gate.wait()
      return messageAnswer({ input_tokens: 10, output_tokens: 5 })
    })
    const brokers = await Promise.all(Array.from({ length: 4 }, () => startBroker(database, upstream.origin)))
    const hold = await learnHold(store, brokers[0]?.url ?? '', key)
    // Every process has called once, so that none meets the crowd cold.
    for (const { url } of brokers) await send(url, call(key))
    await untilSettled(store)

    const admitted: number[] = []
    for (let repetition = 1; repetition <= repetitions; repetition++) {
      await leaveExactly(store, hold * BigInt(fitting), `repetition-${repetition}`)
      gate = createBarrier()
      const before = upstream.requests.length
      const messages = Array.from({ length: requests }, (_, index) => open(brokers[index % 4]?.url ?? '', call(key)))
      let refused = 0
      const openWhenAllStand = () => {
        if (refused + upstream.requests.length - before === requests) gate.open()
      }
      reached = openWhenAllStand
      const statuses = messages.map(async (message) => {
        const { statusCode } = (await answered(message)).resume()
        if (statusCode !== 200) refused++
        openWhenAllStand()
        return statusCode
      })
      const counts = new Map<number | undefined, number>()
      for (const status of await Promise.all(statuses)) counts.set(status, (counts.get(status) ?? 0) + 1)
      expect(Object.fromEntries(counts)).toEqual({ 200: fitting, 429: requests - fitting })
      expect(upstream.requests.length - before).toBe(fitting)
      admitted.push(upstream.requests.length - before)
      await untilSettled(store)
    }
    process.stdout.write(`ledger: 4 brokers, ${requests} requests at once, admitted: ${admitted.join(' ')}\n`)
    expect(await store.verify()).toMatchObject({ ok: true, problems: [], openHolds: 0 })
    await Promise.all(brokers.map(stopBroker))
    await upstream.close()
    await store.close()
  },
  240_000,
)

/** Leaves this much in the wallet: a call of another key takes what is too much. */
const leaveExactly = async (store: Store, wantedNanos: bigint, id: string): Promise<void> => {
  const { availableNanos } = await store.balance(tenantId)
  const missing = wantedNanos - availableNanos
  if (missing > 0n) {
    await store.topUp({ id, tenantId, amountNanos: missing, note: 'test', idempotencyKey: null })
    return
  }
  const outcome = await store.hold({
    ...{ attemptId: id, requestId: id, tenantId, keyId: (await store.listKeys(tenantId))[0]?.id ?? '' },
    ...{ appId: 'app_test', connectionId: 'con_anthropic', integration: 'anthropic', route: 'POST /v1/messages' },
    ...{ model: null, streamed: false, walletNanos: -missing, spendNanos: -missing, tokens: 0 },
    ...{ defaultRequestsPerMinute: null, ttlMs: 1 },
  })
  expect(outcome.admitted).toBe(true)
  await store.settleOrphans(null)
}

/** Settlements follow the answer's last byte; they are events to wait for. */
const untilSettled = async (store: Store): Promise<void> => {
  while ((await store.balance(tenantId)).heldNanos !== 0n) await new Promise((resolve) => setImmediate(resolve))
}
