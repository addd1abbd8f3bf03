import { openSync } from 'node:fs'
import { createBarrier } from '@vendo/testkit'
import { describe, expect, it, vi } from 'vitest'
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
import { folderWith, type Spawned, spawnVendo } from './vendo.ts'

// Each test starts processes of its own, which a busy machine takes its time for.
vi.setConfig({ testTimeout: 120_000 })

type Stream = 'stdout' | 'stderr'
const gone: readonly (readonly Stream[])[] = [['stdout'], ['stderr'], ['stdout', 'stderr']]
const moments = ['at the start', 'while it runs', 'at SIGTERM'] as const

const breakPipes = ({ child }: Spawned, streams: readonly Stream[]): void => {
  for (const stream of streams) child[stream]?.destroy()
}

/** Full for ever. */
const fullDisk = (streams: readonly Stream[]) =>
  Object.fromEntries(streams.map((stream) => [stream, openSync('/dev/full', 'w')]))

const expectSettled = async (prepared: Prepared, count: number): Promise<void> => {
  const { calls, report } = await readLedger(prepared)
  expect(report).toMatchObject({ ok: true, openHolds: 0, problems: [] })
  expect(calls.filter(({ state }) => state === 'actual')).toHaveLength(count)
}

describe.each(['dev', 'broker'] as const)('vendo %s', (command) => {
  const cases = moments.flatMap((moment) => gone.map((streams) => [moment, streams] as const))

  it.each(cases)('whose readers go %s (%j) serves on, drains, settles and exits 0', async (moment, streams) => {
    const barrier = createBarrier()
    const prepared = await prepare(command, (await startUpstream(barrier)).origin)
    const port = await freePort()
    const spawned = spawnVendo([...prepared.words, '--port', String(port)], prepared)
    if (moment === 'at the start') breakPipes(spawned, streams)
    const url = `http://127.0.0.1:${port}`
    await untilHealthy(url)
    const stream = whole(await answerTo(call({ ...prepared, url }, true)))
    if (moment === 'while it runs') breakPipes(spawned, streams)
    await whole(await answerTo(call({ ...prepared, url }, false)))
    spawned.child.kill('SIGTERM')
    if (moment === 'at SIGTERM') breakPipes(spawned, streams)
    barrier.open()
    const { complete, text } = await stream
    expect([complete, text.endsWith(end[1] ?? '')]).toEqual([true, true])
    expect((await spawned.ended).code).toBe(0)
    await expectSettled(prepared, 2)
  })

  it.each(gone.map((streams) => [streams]))('on a full disk (%j) serves, settles and exits 0', async (streams) => {
    const barrier = createBarrier()
    const prepared = await prepare(command, (await startUpstream(barrier)).origin)
    const port = await freePort()
    const words = [...prepared.words, '--port', String(port)]
    const spawned = spawnVendo(words, { ...prepared, stdio: fullDisk(streams) })
    const url = `http://127.0.0.1:${port}`
    await untilHealthy(url)
    expect((await whole(await answerTo(call({ ...prepared, url }, false)))).status).toBe(200)
    spawned.child.kill('SIGTERM')
    expect((await spawned.ended).code).toBe(0)
    await expectSettled(prepared, 1)
  })
})

it('vendo broker counts the log lines that a full disk did not take', async () => {
  const prepared = await prepare('broker', (await startUpstream(createBarrier())).origin)
  const [port, metricsPort] = [await freePort(), await freePort()]
  const words = [...prepared.words, '--port', String(port), '--metrics-port', String(metricsPort)]
  const { child, ended } = spawnVendo(words, { ...prepared, stdio: fullDisk(['stdout']) })
  const url = `http://127.0.0.1:${port}`
  await untilHealthy(url)
  await whole(await answerTo(call({ ...prepared, url }, false)))
  const metrics = async () => {
    const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
    expect(Number(/^vendo_log_lines_dropped_total (\d+)/m.exec(text)?.[1])).toBeGreaterThan(0)
  }
  await vi.waitFor(metrics, { timeout: 20_000, interval: 50 })
  child.kill('SIGTERM')
  expect((await ended).code).toBe(0)
})

describe('vendo run', () => {
  it.each(gone.map((streams) => [streams]))(
    'whose readers go (%j) revokes its key and exits as its command',
    async (streams) => {
      const prepared = await prepare('dev', (await startUpstream(createBarrier())).origin)
      // The command does not print, so that its exit code is its own.
      const program = `process.stdin.resume().once('end', () => { process.exitCode = 7 })`
      const spawned = spawnVendo(['run', '--', process.execPath, '-e', program], prepared)
      breakPipes(spawned, streams)
      expect((await spawned.ended).code).toBe(7)
      expect(await runKeys(prepared)).toEqual([true])
    },
  )

  it.each(gone.map((streams) => [streams]))(
    'on a full disk (%j) revokes its key and exits as its command',
    async (streams) => {
      const prepared = await prepare('dev', (await startUpstream(createBarrier())).origin)
      const words = ['run', '--', process.execPath, '-e', 'process.exitCode = 7']
      expect((await spawnVendo(words, { ...prepared, stdio: fullDisk(streams) }).ended).code).toBe(7)
      expect(await runKeys(prepared)).toEqual([true])
    },
  )
})

describe('a command whose result nobody gets', () => {
  it('fails, and says so, on a full disk', async () => {
    const { code, err } = await spawnVendo(['--help'], { cwd: folderWith(), stdio: fullDisk(['stdout']) }).ended
    expect(code).toBe(1)
    expect(err).toBe('vendo: The result could not be written to stdout (ENOSPC).\n')
  })
})
