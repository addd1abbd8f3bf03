import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ExampleBroker, startExampleBroker } from './broker-fixture.ts'
import { runScript } from './run-script.ts'

let broker: ExampleBroker
beforeAll(async () => {
  broker = await startExampleBroker()
})
afterAll(() => broker.close())

describe('each example, through a broker', () => {
  it.each([
    {
      script: 'anthropic-chat/app.ts',
      words: ['Who', 'pays?'],
      says: 'You asked: "Who pays?"',
      routes: ['POST /v1/messages'],
    },
    {
      script: 'openai-app/app.ts',
      says: '(get_weather: Lisbon)\n(simulated) The tool has answered',
      routes: ['POST /v1/chat/completions', 'POST /v1/chat/completions', 'POST /v1/embeddings'],
    },
    {
      script: 'ai-sdk-app/app.ts',
      says: '(simulated) The tool has answered',
      routes: ['POST /v1/responses', 'POST /v1/responses', 'POST /v1/messages'],
    },
    {
      script: 'openrouter/app.ts',
      says: 'You asked: "Which model are you?"',
      routes: ['POST /api/v1/chat/completions'],
    },
    {
      script: 'oss-mode/app.ts',
      usesSources: true,
      says: '(Vendo mode: true; the key came from injected)',
      routes: ['POST /v1/messages'],
    },
    {
      script: 'sample-app/app.ts',
      usesSources: true,
      says: "> vendo.fetch('openrouter')",
      routes: [
        'POST /v1/messages',
        'POST /v1/messages',
        'POST /v1/messages',
        'POST /v1/chat/completions',
        'POST /v1/responses',
        'POST /v1/responses',
        'POST /api/v1/chat/completions',
      ],
    },
  ])('$script', async ({ script, words = [], usesSources = false, says, routes }) => {
    const app = await broker.openApp()
    const { output } = await runScript(script, { env: app.vars, words, usesSources })
    expect(output).toContain(says)
    const calls = await app.calls()
    expect(calls.map(({ route }) => route)).toEqual(routes)
    expect(calls.every(({ state, upstream_status: status }) => state === 'actual' && status === 200)).toBe(true)
  })
})

describe('deployment-platform', () => {
  it('starts the app with what the resolver returns, and shows no secret', async () => {
    const app = await broker.openApp()
    const { VENDO_API_KEY: key = '' } = app.vars
    const env = { VENDO_BASE_URL: broker.url, VENDO_API_KEY: key }
    const { output } = await runScript('deployment-platform/platform.ts', { env, usesSources: true })
    expect(output).toContain(`ANTHROPIC_BASE_URL=${broker.url}/anthropic/v1`)
    expect(output).toContain('ANTHROPIC_API_KEY=(secret)')
    expect(output).toContain('TELEGRAM_BOT_ID=4711')
    expect(output).toContain('(simulated) You asked: "Who pays for this?"')
    expect(output).not.toContain(key)
    expect(output).not.toContain('example-bot-token')
    expect((await app.calls()).map(({ route }) => route)).toEqual(['POST /v1/messages'])
  })
})

describe('oss-mode', () => {
  it('works from a .env file, made from its example, without any broker', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vendo-oss-'))
    try {
      const example = await readFile(new URL('../oss-mode/.env.example', import.meta.url), 'utf8')
      const { credential, origins } = broker.upstream
      const filled = example
        .replace(/^ANTHROPIC_API_KEY=$/m, `ANTHROPIC_API_KEY=${credential}`)
        .replace(/^# ANTHROPIC_BASE_URL=$/m, `ANTHROPIC_BASE_URL=${origins.anthropic}`)
      await writeFile(join(folder, '.env'), filled)
      const { output } = await runScript('oss-mode/app.ts', { env: {}, cwd: folder, usesSources: true })
      expect(output).toContain('(simulated) You asked: "Where did my key come from?"')
      expect(output).toContain('(Vendo mode: false; the key came from dotenv)')
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it('says what is missing where there is no key at all', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vendo-oss-'))
    try {
      await expect(runScript('oss-mode/app.ts', { env: {}, cwd: folder, usesSources: true })).rejects.toThrow(
        /NotConnected[\s\S]*ANTHROPIC_API_KEY/,
      )
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
