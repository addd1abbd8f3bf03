import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret } from '@vendo/contract'
import { jsonAnswer, startScriptedUpstream } from '@vendo/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { type LocalBroker, type LocalBrokerOptions, startLocalBroker } from './local-broker.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'vendo-local-'))
  closing.push(() => rmSync(path, { recursive: true, force: true }))
  return path
}

const start = async (options: LocalBrokerOptions): Promise<LocalBroker> => {
  const broker = await startLocalBroker(options)
  closing.push(() => broker.close())
  return broker
}

const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-haiku-4-5', content: [] }
const answer = { ...message, stop_reason: 'end_turn', usage: { input_tokens: 10, output_tokens: 5 } }

const upstream = async (credential: string) => {
  const server = await startScriptedUpstream((request) =>
    request.header('x-api-key') === credential
      ? jsonAnswer(answer)
      : jsonAnswer({ type: 'error', error: { type: 'authentication_error', message: 'invalid' } }, 401),
  )
  closing.push(() => server.close())
  return server
}

const ask = async ({ url, appKey }: LocalBroker): Promise<number> => {
  const response = await fetch(`${url}/anthropic/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': appKey.reveal(), 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'claude-haiku-4-5', max_tokens: 16, messages: [{ role: 'user', content: 'hi' }] }),
  })
  await response.text()
  return response.status
}

const found = (secret: string, upstreamOrigin: string) => [
  { slug: 'anthropic', secret: new Secret(secret), variable: 'ANTHROPIC_API_KEY', upstreamOrigin },
]

describe('startLocalBroker', () => {
  it('keeps its state in .vendo, for its owner only and out of git, and takes its announcement back', async () => {
    const directory = folder()
    const { origin } = await upstream('test-simulated-key')
    const simulated = { origins: { anthropic: origin }, credential: 'test-simulated-key' }
    const broker = await start({ directory, simulated })
    expect(await ask(broker)).toBe(200)
    const state = join(directory, '.vendo')
    expect(statSync(state).mode & 0o777).toBe(0o700)
    expect(readFileSync(join(state, '.gitignore'), 'utf8')).toBe('*\n')
    for (const name of ['vault.key', 'ledger.sqlite', 'management.key', 'simulated-app.key', 'broker.json']) {
      expect([name, statSync(join(state, name)).mode & 0o777]).toEqual([name, 0o600])
    }
    await broker.close()
    expect(readdirSync(state)).not.toContain('broker.json')
  })

  it('gives the same tenant, app and keys to the next start', async () => {
    const directory = folder()
    const first = await start({ directory })
    await first.close()
    const second = await start({ directory })
    expect([second.tenantId, second.appId]).toEqual([first.tenantId, first.appId])
    expect(second.appKey.reveal()).toBe(first.appKey.reveal())
    expect(second.managementKey.reveal()).toBe(first.managementKey.reveal())
  })

  it('uses a found key at the origin it was found with, and none that is not found any more', async () => {
    const directory = folder()
    const first = await upstream('test-upstream-key')
    const live = await start({ directory, providerKeys: found('test-upstream-key', first.origin) })
    expect(live.connections).toEqual([{ slug: 'anthropic', profile: 'byok_static', source: 'environment' }])
    expect(await ask(live)).toBe(200)
    await live.close()
    const second = await upstream('test-rotated-key')
    const rotated = await start({ directory, providerKeys: found('test-rotated-key', second.origin) })
    expect(await ask(rotated)).toBe(200)
    await rotated.close()
    const without = await start({ directory })
    expect(without.connections).toEqual([])
    expect(await ask(without)).toBe(403)
  })

  it('never shows a real key to a simulated upstream, in the same store', async () => {
    const directory = folder()
    const real = await upstream('test-upstream-key')
    const live = await start({ directory, providerKeys: found('test-upstream-key', real.origin) })
    await live.close()
    const fake = await upstream('test-simulated-key')
    const simulated = { origins: { anthropic: fake.origin }, credential: 'test-simulated-key' }
    const broker = await start({ directory, simulated })
    expect(await ask(broker)).toBe(200)
    expect(fake.requests.map((request) => request.header('x-api-key'))).toEqual(['test-simulated-key'])
    expect(real.requests).toHaveLength(0)
  })

  it('starts with $10 of labelled credit when simulated, and tops it up only when it runs dry', async () => {
    const directory = folder()
    const { origin } = await upstream('test-simulated-key')
    const simulated = { origins: { anthropic: origin }, credential: 'test-simulated-key' }
    await (await start({ directory, simulated })).close()
    const broker = await start({ directory, simulated })
    const response = await fetch(`${broker.url}/api/billing/balance`, {
      headers: { authorization: `Bearer ${broker.managementKey.reveal()}` },
    })
    expect(await response.json()).toMatchObject({ credits_remaining_nanos: '10000000000' })
  })

  it.each(['ledger.sqlite', 'ledger.sqlite-wal', 'ledger.sqlite-journal'])(
    'refuses a %s without its vault key, which somebody else may hold, and changes nothing',
    async (name) => {
      const directory = folder()
      const state = join(directory, '.vendo')
      mkdirSync(state)
      writeFileSync(join(state, name), '')
      await expect(startLocalBroker({ directory })).rejects.toMatchObject({
        message: expect.stringContaining(`${join(state, name)} is there, but its vault key is not`),
        nextStep: expect.stringContaining(`move ${state} away`),
      })
      expect(readdirSync(state)).toEqual([name])
    },
  )

  it('refuses its own ledger when the vault key is lost, and goes on when it is back', async () => {
    const directory = folder()
    const first = await start({ directory })
    await first.close()
    const key = join(directory, '.vendo', 'vault.key')
    renameSync(key, `${key}.away`)
    await expect(startLocalBroker({ directory })).rejects.toThrow('its vault key is not')
    renameSync(`${key}.away`, key)
    expect((await start({ directory })).appId).toBe(first.appId)
  })

  it('refuses a vault key that others may read, as git checks it out', async () => {
    const directory = folder()
    await (await start({ directory })).close()
    chmodSync(join(directory, '.vendo', 'vault.key'), 0o644)
    await expect(startLocalBroker({ directory })).rejects.toMatchObject({ code: 'vault_key_exposed' })
  })

  it('never takes Vendo keys from files that the ledger does not know', async () => {
    const theirs = folder()
    const stranger = await start({ directory: theirs })
    await stranger.close()
    const directory = folder()
    mkdirSync(join(directory, '.vendo'))
    for (const name of ['vault.key', 'management.key', 'app.key']) {
      copyFileSync(join(theirs, '.vendo', name), join(directory, '.vendo', name))
      chmodSync(join(directory, '.vendo', name), 0o600)
    }
    const own = await start({ directory })
    expect(own.managementKey.reveal()).not.toBe(stranger.managementKey.reveal())
    expect(own.appKey.reveal()).not.toBe(stranger.appKey.reveal())
    const answer = await fetch(`${own.url}/api/billing/balance`, {
      headers: { authorization: `Bearer ${stranger.managementKey.reveal()}` },
    })
    expect(answer.status).toBe(401)
  })

  it('says where a broker already runs instead of failing on its lock', async () => {
    const directory = folder()
    const { url } = await start({ directory })
    await expect(startLocalBroker({ directory })).rejects.toThrow(`process ${process.pid}, ${url}`)
  })

  it('leaves nothing in the folder when temporary', async () => {
    const directory = folder()
    const { origin } = await upstream('test-upstream-key')
    const providerKeys = found('test-upstream-key', origin)
    const broker = await start({ directory, temporary: true, providerKeys })
    expect(await ask(broker)).toBe(200)
    expect(readdirSync(directory)).toEqual([])
  })

  it('refuses a port that is taken, and releases the store', async () => {
    const directory = folder()
    const { url } = await start({ directory: folder() })
    await expect(startLocalBroker({ directory, port: Number(new URL(url).port) })).rejects.toThrow(/is taken/)
    await start({ directory })
  })
})
