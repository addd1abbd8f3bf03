import { request } from 'node:https'
import { createConnection, Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { isLoopbackHost, takeRefusedConnections } from './loopback-only.ts'
import { startScriptedUpstream } from './scripted-upstream.ts'

const failureOf = (socket: Socket): Promise<Error> => new Promise((resolve) => socket.once('error', resolve))

describe('isLoopbackHost', () => {
  it.each([
    'localhost',
    'LOCALHOST',
    'openai.localhost',
    '127.0.0.1',
    '127.8.9.10',
    '::1',
    '[::1]',
    '::ffff:127.0.0.1',
  ])('accepts %s', (host) => {
    expect(isLoopbackHost(host)).toBe(true)
  })

  it.each([
    'api.anthropic.com',
    '10.0.0.1',
    '0.0.0.0',
    '169.254.169.254',
    '127.0.0.1.example.com',
    'localhost.example.com',
    '::2',
  ])('refuses %s', (host) => {
    expect(isLoopbackHost(host)).toBe(false)
  })
})

describe('the guard that setup.ts installs', () => {
  it.each([
    [
      'node:net, options',
      () => failureOf(createConnection({ host: 'api.example.com', port: 443 })),
      'api.example.com:443',
    ],
    ['node:net, positional', () => failureOf(new Socket().connect(80, '192.0.2.1')), '192.0.2.1:80'],
  ])('refuses %s', async (_, open, target) => {
    expect(await open()).toMatchObject({ code: 'NETWORK_REFUSED', target })
    expect(takeRefusedConnections().map((refused) => refused.target)).toEqual([target])
  })

  it('refuses fetch before any name is looked up', async () => {
    await expect(fetch('https://api.example.com/v1')).rejects.toMatchObject({ cause: { code: 'NETWORK_REFUSED' } })
    expect(takeRefusedConnections()).toHaveLength(1)
  })

  it('refuses node:https', async () => {
    const failure = new Promise((resolve) => request('https://api.example.com/').once('error', resolve).end())
    expect(await failure).toMatchObject({ code: 'NETWORK_REFUSED' })
    expect(takeRefusedConnections()).toHaveLength(1)
  })

  it('remembers a refusal that the code under test swallows', async () => {
    await fetch('http://192.0.2.1/').catch(() => undefined)
    expect(takeRefusedConnections()).toHaveLength(1)
    expect(takeRefusedConnections()).toEqual([])
  })

  it('lets loopback through', async () => {
    const upstream = await startScriptedUpstream({ body: 'yes' })
    expect(await (await fetch(upstream.origin)).text()).toBe('yes')
    await upstream.close()
  })
})
