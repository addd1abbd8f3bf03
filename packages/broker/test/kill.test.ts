import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret } from '@vendo/contract'
import { type ScriptedUpstream, startScriptedUpstream } from '@vendo/testkit'
import { afterEach, expect, it } from 'vitest'
import { createBroker, createVault, openSqliteStore } from '../src/index.ts'
import { anthropicRequest, messageEvents, messageStream } from './answers.ts'
import { minting, seed } from './harness.ts'
import { answered, open } from './http-client.ts'

const streams = 50
let folder: string
let upstream: ScriptedUpstream
let child: ChildProcess | undefined

afterEach(async () => {
  child?.kill('SIGKILL')
  await upstream.close()
  await rm(folder, { recursive: true, force: true })
})

const startProcess = async (path: string): Promise<string> => {
  const script = join(import.meta.dirname, 'broker-process.ts')
  child = spawn(process.execPath, ['--conditions=vendo-source', script, path, upstream.origin], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer]
  return line.toString().trim()
}

it('kill -9 in the middle of 50 streams: after a restart every attempt has one terminal row, and the balance is the sum of rows', async () => {
  folder = await mkdtemp(join(tmpdir(), 'vendo-kill-'))
  const path = join(folder, 'ledger.sqlite')
  // Half of the streams end before the kill, half are cut in the middle.
  upstream = await startScriptedUpstream((_request, index) =>
    index % 2 === 0 ? messageStream() : { ...messageStream(), body: messageEvents.slice(0, 3), end: 'hang' },
  )
  const vault = createVault({
    keyEncryptionKey: new Secret(Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64')),
  })
  const before = await openSqliteStore({ path })
  await seed(before, vault, {})
  const { key } = await minting(before)()
  await before.close()

  const url = await startProcess(path)
  await Promise.all(Array.from({ length: streams }, () => firstBytes(url, key)))
  child?.kill('SIGKILL')
  await once(child as ChildProcess, 'exit')

  const store = await openSqliteStore({ path })
  const broker = createBroker({ store, vault, upstreamOrigins: { anthropic: upstream.origin } })
  await broker.listen({ port: 0 })
  const calls = await store.listCalls({ tenantId: 'ten_test', limit: 1_000 })
  expect(calls).toHaveLength(streams)
  expect(calls.filter(({ state }) => state === 'open')).toEqual([])
  expect(calls.filter(({ reason }) => reason === 'orphaned').length).toBeGreaterThanOrEqual(streams / 2)
  expect(await store.verify()).toMatchObject({ ok: true, openHolds: 0, problems: [] })
  const spent = calls.reduce((total, { walletNanos }) => total + walletNanos, 0n)
  expect(await store.balance('ten_test')).toMatchObject({ heldNanos: 0n, settledNanos: spent })
  await broker.close()
})

const firstBytes = async (url: string, key: string): Promise<void> => {
  const client = open(url, {
    path: '/anthropic/v1/messages',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(anthropicRequest({ stream: true })),
  })
  client.on('error', () => undefined)
  const answer = await answered(client)
  answer.on('error', () => undefined)
  await once(answer, 'data')
}
