import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { jsonAnswer, type ScriptedUpstream, startScriptedUpstream } from '@vendo/testkit'
import { onTestFinished } from 'vitest'
import { runVendo } from '../src/program.ts'

/** The program as its sources are. */
export const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url))

/** How a command ended. */
export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Where a command runs. */
export interface Place {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
  /** File descriptors in place of pipes. */
  readonly stdio?: { readonly stdout?: number; readonly stderr?: number }
}

/** A folder that looks like a repository, with these files; removed after the test. */
export const folderWith = (files: Readonly<Record<string, string>> = {}): string => {
  const folder = mkdtempSync(join(tmpdir(), 'vendo-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, '.git'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

/** Runs a command in this process, through the real program. */
export const vendo = async (words: readonly string[], { cwd, env = {}, input = '' }: Place): Promise<Ended> => {
  let out = ''
  let err = ''
  const code = await runVendo(words, {
    env,
    cwd,
    input: Readable.from(input === '' ? [] : [input]),
    output: { write: (text) => (out += text) },
    errors: { write: (text) => (err += text) },
  })
  return { code, out, err }
}

/** A command in a process of its own. */
export interface Spawned {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves as soon as stdout has this text. */
  shows(text: string): Promise<void>
}

/** Runs a command as a user does. The environment holds PATH, HOME and what is given. */
export const spawnVendo = (words: readonly string[], { cwd, env = {}, input = '', stdio = {} }: Place): Spawned => {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, ['--conditions=vendo-source', bin, ...words], {
    cwd,
    env: { PATH, HOME, ...env },
    stdio: ['pipe', stdio.stdout ?? 'pipe', stdio.stderr ?? 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  child.stdin?.end(input)
  const seen = { out: '', err: '' }
  const waiting = new Set<() => void>()
  child.stdout?.on('data', (piece) => {
    seen.out += piece
    for (const look of waiting) look()
  })
  child.stderr?.on('data', (piece) => {
    seen.err += piece
  })
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, ...seen })))
  const shows = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!seen.out.includes(text)) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      void ended.then(() => reject(new Error(`ended without ${JSON.stringify(text)}: ${seen.out}${seen.err}`)))
      look()
    })
  return { child, ended, shows }
}

/** 1,000 input and 50 output tokens of claude-haiku-4-5 at $1 and $5 per million: $0.00125 at list price. */
const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-haiku-4-5',
  content: [{ type: 'text', text: 'hello' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 1000, output_tokens: 50 },
}

/** What a request says to get an answer that keeps its usage to itself. */
export const withoutUsage = 'say nothing of usage'

/** A loopback Anthropic that knows one key, and the variables that lead to it. */
export const startAnthropic = async (): Promise<ScriptedUpstream & { env: Record<string, string> }> => {
  const key = 'test-upstream-key'
  const refused = { type: 'error', error: { type: 'authentication_error', message: 'invalid x-api-key' } }
  const upstream = await startScriptedUpstream((request) => {
    if (request.header('x-api-key') !== key) return jsonAnswer(refused, 401)
    return jsonAnswer(request.body.includes(withoutUsage) ? { ...message, usage: undefined } : message)
  })
  onTestFinished(() => upstream.close())
  return { ...upstream, env: { ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: upstream.origin } }
}

/** An app as any language might have it: it calls what its variables name, and prints the status. */
export const app = `
const { ANTHROPIC_BASE_URL, ANTHROPIC_API_KEY } = process.env
const messages = [{ role: 'user', content: 'x'.repeat(2000) }]
const response = await fetch(ANTHROPIC_BASE_URL + '/messages', {
  method: 'POST',
  headers: { 'x-api-key': ANTHROPIC_API_KEY, 'content-type': 'application/json' },
  body: JSON.stringify({ model: 'claude-haiku-4-5', max_tokens: 50, messages }),
})
console.log('status', response.status, response.headers.get('vendo-error-code'))
`
