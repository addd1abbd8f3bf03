import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createBarrier } from '@vendo/testkit'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import {
  answerTo,
  call,
  end,
  freePort,
  type Prepared,
  prepare,
  readLedger,
  runKeys,
  startUpstream,
  untilHealthy,
  whole,
} from './serve.ts'
import { bin } from './vendo.ts'

vi.setConfig({ testTimeout: 120_000 })

/** A terminal without anybody in front of it takes a pseudo-terminal, which Node does not make. */
const hasPython = spawnSync('python3', ['-c', 'import os, pty; os.waitstatus_to_exitcode']).status === 0
const pty = fileURLToPath(new URL('on-terminal.py', import.meta.url))

interface OnTerminal {
  /** The command's process. */
  readonly pid: Promise<number>
  /** Its exit code; negative for a signal. */
  readonly code: Promise<number>
  /** Closes the terminal: the command gets SIGHUP, and every write fails from then on. */
  hangUp(): void
}

const onTerminal = (words: readonly string[], { cwd, env }: Prepared, paused = false): OnTerminal => {
  const { PATH = '', HOME = '' } = process.env
  const command = [process.execPath, '--conditions=vendo-source', bin, ...words]
  const child: ChildProcess = spawn('python3', [pty, ...(paused ? ['--paused'] : []), ...command], {
    cwd,
    env: { PATH, HOME, ...env },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let out = ''
  let resolvePid: (pid: number) => void = () => undefined
  const pid = new Promise<number>((resolve) => {
    resolvePid = resolve
  })
  child.stdout?.on('data', (piece) => {
    out += piece
    if (out.includes('\n')) resolvePid(Number.parseInt(out, 10))
  })
  const code = new Promise<number>((resolve) => child.once('close', () => resolve(Number(out.split('\n')[1]))))
  return { pid, code, hangUp: () => child.stdin?.end() }
}

describe.skipIf(!hasPython)('a terminal that is closed', () => {
  it.each(['dev', 'broker'] as const)('lets vendo %s end what runs, settle it and exit 0', async (command) => {
    const barrier = createBarrier()
    const prepared = await prepare(command, (await startUpstream(barrier)).origin)
    const port = await freePort()
    const running = onTerminal([...prepared.words, '--port', String(port)], prepared)
    const url = `http://127.0.0.1:${port}`
    await untilHealthy(url)
    const stream = whole(await answerTo(call({ ...prepared, url }, true)))
    running.hangUp()
    await vi.waitFor(() => expect(fetch(`${url}/readyz`)).rejects.toThrow(), { timeout: 20_000, interval: 50 })
    // A shell that goes sends it once more, and later than the system.
    process.kill(await running.pid, 'SIGHUP')
    barrier.open()
    const { complete, text } = await stream
    expect([complete, text.endsWith(end[1] ?? '')]).toEqual([true, true])
    expect(await running.code).toBe(0)
    const { calls, report } = await readLedger(prepared)
    expect(calls).toMatchObject([{ state: 'actual' }])
    expect(report).toMatchObject({ ok: true, openHolds: 0, problems: [] })
  })

  it('ends the key of vendo run when its command has ended, and exits as that did', async () => {
    const prepared = await prepare('dev', (await startUpstream(createBarrier())).origin)
    const program = `
      const { writeFileSync } = require('fs')
      process.on('SIGHUP', () => setTimeout(() => process.exit(7), 200))
      setInterval(() => {}, 1000)
      writeFileSync('ready', '')`
    const running = onTerminal(['run', '--', process.execPath, '-e', program], prepared)
    const ready = () => expect(existsSync(join(prepared.cwd, 'ready'))).toBe(true)
    await vi.waitFor(ready, { timeout: 40_000, interval: 50 })
    running.hangUp()
    expect(await running.code).toBe(7)
    expect(await runKeys(prepared)).toEqual([true])
  })
})

it.skipIf(!hasPython)('a terminal that is paused holds up neither the calls nor the end of vendo broker', async () => {
  const prepared = await prepare('broker', (await startUpstream(createBarrier())).origin)
  const port = await freePort()
  const running = onTerminal([...prepared.words, '--port', String(port)], prepared, true)
  const url = `http://127.0.0.1:${port}`
  await untilHealthy(url)
  // More log lines than a terminal holds.
  for (let count = 0; count < 300; count++) {
    expect((await whole(await answerTo(call({ ...prepared, url }, false)))).status).toBe(200)
  }
  process.kill(await running.pid, 'SIGTERM')
  expect(await running.code).toBe(0)
})
