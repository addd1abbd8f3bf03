import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { jsonAnswer, type ScriptedAnswer } from '@vendo/testkit'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { anthropicRequest, chatRequest, messageAnswer, messageEvents, messageStream } from './answers.ts'
import { startTestBroker, upstreamKey } from './harness.ts'

const prompt = 'canary-prompt-51c2'
const messages = [{ role: 'user', content: prompt }]
const echoed = `the key ${upstreamKey} is wrong`

/** Everything a provider can do with the credential that it was sent. */
const script: readonly ScriptedAnswer[] = [
  messageAnswer(),
  messageStream(),
  { ...messageStream(), body: messageEvents.slice(0, 2), end: 'destroy' },
  { ...jsonAnswer({ type: 'error', error: { type: 'invalid_request_error', message: echoed } }, 400) },
  { status: 500, headers: { 'content-type': 'text/html', 'x-echo': upstreamKey }, body: `<p>${echoed}</p>` },
  { status: 302, headers: { location: `http://127.0.0.1:1/?key=${upstreamKey}` } },
  { status: 401, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error: echoed }) },
  { ...jsonAnswer({ type: 'error', error: { message: echoed } }, 400), encoding: 'gzip' },
  { ...messageStream(), body: ['data: the key upstream-can', 'ary-7f3a9d is echoed\n\n'] },
  { ...messageAnswer(), headers: { 'content-type': 'application/json', 'set-cookie': `k=${upstreamKey}` } },
]

/** A catalog that is kept for the next caller. */
const catalog: ScriptedAnswer = {
  ...jsonAnswer({ data: [echoed] }),
  headers: { 'content-type': 'application/json', 'x-echo': upstreamKey },
}

/** The command line of every process, also where there is no `ps`. */
const processList = async (): Promise<string> => {
  if (!existsSync('/proc/self/cmdline')) return execFileSync('ps', ['-axo', 'args']).toString()
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  // A process may end while the list is read.
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'latin1').catch(() => '')))
  return lines.join('\n')
}

it('neither the upstream credential nor the app key nor a prompt is in an answer, a log line, the store’s files or the process list', async () => {
  const logged: string[] = []
  const logger = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) })
  const broker = await startTestBroker({ script: [...script, catalog], broker: { logger } })
  const received: string[] = []
  const record = async (sending: Parameters<typeof broker.send>[0]) => {
    const answer = await broker.send(sending)
    received.push(JSON.stringify(answer.headers), answer.text)
  }
  for (const _ of script)
    await record({ path: '/anthropic/v1/messages?x=1', json: anthropicRequest({ messages, stream: true }) })
  await record({
    path: '/anthropic/v1/messages',
    body: `{"messages":"${prompt}"`,
    headers: { 'content-type': 'application/json' },
  })
  for (const _ of ['asked', 'kept']) {
    await record({ path: `/openai/v1/models?key=${broker.key}`, method: 'GET', headers: { authorization: '' } })
  }
  await record({ path: '/openai/v1/chat/completions', json: chatRequest({ model: 'unknown', messages }) })
  await record({ path: `/credentials/anthropic`, method: 'GET', headers: { authorization: `Bearer ${broker.key}x` } })
  await record({ path: '/api/deployments/me/connections', method: 'GET' })
  await record({ path: '/api/calls', method: 'GET' })
  expect(await broker.calls()).not.toEqual([])
  expect(logged.length).toBeGreaterThan(script.length)

  const entries = await readdir(broker.folder, { recursive: true, withFileTypes: true })
  const files = await Promise.all(
    entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1')),
  )
  const processes = await processList()
  const sinks = { answers: received.join('\n'), log: logged.join(''), files: files.join('\n'), processes }
  for (const [sink, text] of Object.entries(sinks)) {
    for (const canary of [upstreamKey, broker.key, prompt]) {
      expect([sink, canary, text.includes(canary)]).toEqual([sink, canary, false])
    }
  }
  await broker.close()
})

it('the credentials endpoint gives the caller its own key back, and never the pool’s', async () => {
  const broker = await startTestBroker({ script: messageAnswer() })
  const answer = await broker.send({ path: '/credentials/anthropic', method: 'GET' })
  expect(answer.json()).toEqual({
    access_token: broker.key,
    token_type: 'Bearer',
    expires_at: null,
    base_url: `${broker.url}/anthropic/v1`,
  })
  await broker.close()
})
