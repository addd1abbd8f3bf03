import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Command } from 'commander'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CliContext } from '../context.ts'
import { startLocalBroker } from '../local/local-broker.ts'
import { startSimulatedUpstream } from '../simulated-upstream/start-simulated-upstream.ts'
import { writeFailure } from '../terminal/write-failure.ts'
import { registerDemo } from './command.ts'

const bin = fileURLToPath(new URL('../bin.ts', import.meta.url))
const flags = ['--conditions=vendo-source', bin, 'demo']

let cwd: string
let closers: (() => Promise<unknown>)[]
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'vendo-demo-test-'))
  closers = [() => rm(cwd, { recursive: true, force: true })]
})
afterEach(async () => {
  for (const close of closers.reverse()) await close()
})

interface Shown {
  readonly exitCode: number
  readonly output: string
  readonly errors: string
}

/** Runs the command in this process, with its own surroundings. */
const demo = async (words: readonly string[], changes: Partial<CliContext> & { readonly isTTY?: boolean } = {}) => {
  const { isTTY = false, ...context } = changes
  let output = ''
  let errors = ''
  const whole: CliContext = {
    env: { PATH: process.env['PATH'] },
    cwd,
    input: new PassThrough(),
    output: { isTTY, columns: 100, write: (text) => (output += text) },
    errors: { isTTY, write: (text) => (errors += text) },
    exit: () => {},
    ...context,
  }
  const program = new Command('vendo')
  registerDemo(program, whole)
  try {
    await program.parseAsync(['demo', ...words], { from: 'user' })
    return { exitCode: 0, output, errors } satisfies Shown
  } catch (failure) {
    return { exitCode: writeFailure(whole, failure), output, errors } satisfies Shown
  }
}

// By hand, in nano-USD: tokens from fixtures/, list prices per token from the rate tables, and a margin of 20 %.
const byHand = [
  // claude-sonnet-5-5: input 2,000, written prefix 2,500, read prefix 100, output 10,000 a token
  { list: 31 * 2_000 + 1_152 * 2_500 + 38 * 10_000, charge: 3_986_400 },
  { list: 31 * 2_000 + 1_152 * 100 + 38 * 10_000, charge: 668_640 },
  { list: 41 * 2_000 + 172 * 10_000, charge: 2_162_400 },
  // gpt-5-mini: 250 and 2,000
  { list: 24 * 250 + 46 * 2_000, charge: 117_600 },
  // gpt-6-luna: 100 and 500, twice because of the tool
  { list: 388 * 100 + 57 * 500, charge: 80_760 },
  { list: 462 * 100 + 33 * 500, charge: 75_240 },
  // openrouter, at the cost that it reports: 24 x 100 + 46 x 400
  { list: 20_800, charge: 24_960 },
]

describe('vendo demo', () => {
  it('--once --json exits 0 with the bill that one computes by hand, on a new store and on one that exists', async () => {
    for (const before of [10_000_000_000, 10_000_000_000 - 7_116_000 - 30_480]) {
      const { stdout } = await promisify(execFile)(process.execPath, [...flags, '--once', '--json'], { cwd })
      const document = JSON.parse(stdout)
      expect(document.simulated).toBe(true)
      expect(
        document.calls.map((call: Record<string, string>) => ({
          list: Number(call['list_nanos']),
          charge: Number(call['charge_nanos']),
        })),
      ).toEqual(byHand)
      expect(document.calls.every((call: Record<string, unknown>) => call['state'] === 'actual')).toBe(true)
      expect(document.calls.flatMap((call: Record<string, unknown>) => call['flags'])).toEqual([])
      // The read prefix saved 1,900 a token, the written one cost 500 more: 1,152 x 1,400
      expect(document.bill).toMatchObject({
        calls: 7,
        list_nanos: '5930000',
        total_nanos: '7116000',
        cache_savings_nanos: '1612800',
      })
      expect(document.balance).toEqual({ before_nanos: String(before), after_nanos: String(before - 7_116_000) })
      expect(document.ledger).toMatchObject({ ok: true, problems: [], checked: { open_holds: 0 } })
      expect(document.proof).toMatchObject({ dispatched: false, refused: { status: 429, code: 'spend_cap_total' } })
      expect(document.proof.passed).toMatchObject({ upstream_status: 200, charge_nanos: '30480' })
      expect(document.oss).toMatchObject({ same_output: true, new_ledger_rows: 0 })
      expect(stdout).not.toMatch(/vendo_[sm]k_\w{8}/)
    }
  }, 60_000)

  it('tells a person what happened: plain in a pipe, in colour on a terminal', async () => {
    const piped = await demo(['--once'])
    expect(piped).toMatchObject({ exitCode: 0, errors: '' })
    expect(piped.output).toMatch(/^[\x20-\x7e\n]*$/)
    for (const part of [
      'SIMULATED: no provider is called',
      '> new Anthropic(), streamed, with a long system prompt\n(simulated) ',
      'total of 7 calls',
      '$0.00711600',
      'caching  saved $0.0016128 at list price',
      'balance  $10.000000 -> $9.992884',
      'ledger   verified',
      '429 spend_cap_total',
      'Nothing of it reached the upstream.',
      'the same answers, byte for byte',
    ]) {
      expect(piped.output).toContain(part)
    }
    expect(piped.output).not.toMatch(/vendo_sk_\w{8}/)
    const terminal = await demo(['--once'], { isTTY: true })
    expect(terminal.output).toContain('\u001b[1mThe bill\u001b[22m')
    expect(terminal.errors).toContain('starting the broker')
  }, 60_000)

  it('serves what it says to paste until Ctrl-C', async () => {
    const child = spawn(process.execPath, [...flags, '--port', '0'], { cwd, stdio: ['ignore', 'pipe', 'inherit'] })
    const text = await outputUntil(child, /serving .*\n/)
    const exported = Object.fromEntries(
      [...text.matchAll(/^export (\w+)=(\S+)$/gm)].map(([, name, value]) => [name, value]),
    )
    const answer = await fetch(`${exported['OPENAI_BASE_URL']}/models`, {
      headers: { authorization: `Bearer ${exported['OPENAI_API_KEY']}` },
    })
    expect(answer.status).toBe(200)
    child.kill('SIGINT')
    const [code] = await new Promise<[number | null]>((resolve) => child.once('close', (exit) => resolve([exit])))
    expect(code).toBe(0)
  }, 60_000)
})

const outputUntil = (child: ChildProcess, pattern: RegExp): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
      if (pattern.test(text)) resolve(text)
    })
    child.once('close', () => reject(new Error(`the demonstration ended early: ${text.slice(-300)}`)))
  })

describe('vendo demo says in one line what is wrong', () => {
  const oneLine = (shown: Shown, pattern: RegExp) => {
    expect(shown.exitCode).toBe(1)
    expect(shown.errors).toMatch(/^vendo: [^\n]+\n$/)
    expect(shown.errors).toMatch(pattern)
  }

  it('the port is taken', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closers.push(() => new Promise((resolve) => server.close(resolve)))
    const { port } = server.address() as AddressInfo
    oneLine(await demo(['--once', '--port', String(port)]), new RegExp(String(port)))
  })

  it('the store is in use', async () => {
    const broker = await startLocalBroker({ directory: cwd, announce: false })
    closers.push(() => broker.close())
    oneLine(await demo(['--once']), /ledger\.sqlite/)
  })

  it('--live finds no key', async () => {
    oneLine(await demo(['--once', '--live']), /Set ANTHROPIC_API_KEY/)
  })

  it('--live, and the provider refuses', async () => {
    const upstream = await startSimulatedUpstream({ credential: 'test-upstream-key', paceMs: 0 })
    closers.push(() => upstream.close())
    const env = {
      PATH: process.env['PATH'],
      ANTHROPIC_API_KEY: 'test-key-that-is-refused',
      ANTHROPIC_BASE_URL: upstream.origins.anthropic,
    }
    const shown = await demo(['--once', '--live'], { env })
    oneLine(shown, /Anthropic refused a call with 401.*Check the key in ANTHROPIC_API_KEY/)
    expect(shown.output + shown.errors).not.toContain('test-key-that-is-refused')
  })
})

describe('vendo demo --live', () => {
  it('announces each key by name, charges nothing, and stays inside $0.05', async () => {
    const upstream = await startSimulatedUpstream({ credential: 'test-upstream-key', paceMs: 0 })
    closers.push(() => upstream.close())
    const env = {
      PATH: process.env['PATH'],
      ANTHROPIC_API_KEY: upstream.credential,
      ANTHROPIC_BASE_URL: upstream.origins.anthropic,
      OPENAI_API_KEY: upstream.credential,
      OPENAI_BASE_URL: upstream.origins.openai,
    }
    const { exitCode, output } = await demo(['--once', '--live'], { env })
    expect(exitCode).toBe(0)
    expect(output).toContain('LIVE: anthropic is called with your key in ANTHROPIC_API_KEY.')
    expect(output).toContain('LIVE: openai is called with your key in OPENAI_API_KEY.')
    expect(output).not.toContain('SIMULATED')
    expect(output).not.toContain('openrouter')
    expect(output).not.toContain(upstream.credential)
    // 3,322,000 + 557,200 + 1,802,000 + 98,000 + 67,300 + 62,700 at list price
    expect(output).toContain('$0.0059092')
    expect(output).toContain('left out')
    expect(await readFile(join(cwd, '.vendo/ledger.sqlite'), 'latin1')).not.toContain(upstream.credential)
  }, 60_000)
})
