import { describe, expect, it } from 'vitest'
import { restartDelayMs, steadyMs } from './restart-delay.ts'
import { type RunningWorker, superviseWorkers } from './supervise-workers.ts'

interface Puppet extends RunningWorker {
  readonly slot: number
  readonly asked: string[]
  answer(): void
  end(how?: string): void
}

const deferred = <Value>() => {
  let resolve: (value: Value) => void = () => undefined
  const promise = new Promise<Value>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

const createPuppet = (slot: number): Puppet => {
  const asked: string[] = []
  const ready = deferred<string>()
  const ended = deferred<string | undefined>()
  return {
    slot,
    asked,
    ready: ready.promise,
    ended: ended.promise,
    answer: () => ready.resolve('http://127.0.0.1:8787'),
    end: (how) => ended.resolve(how),
    drain: () => void asked.push('drain'),
    kill: () => {
      asked.push('kill')
      ended.resolve('SIGKILL')
    },
  }
}

/** Lets everything that waits for something settled go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

const supervise = (count: number) => {
  const workers: Puppet[] = []
  const waits: { readonly ms: number; readonly over: () => void }[] = []
  let now = 0
  const supervisor = superviseWorkers({
    count,
    start: (slot) => {
      const worker = createPuppet(slot)
      workers.push(worker)
      return worker
    },
    log: () => undefined,
    wait: (ms) => new Promise((resolve) => waits.push({ ms, over: resolve })),
    now: () => now,
  })
  supervisor.ready.catch(() => undefined)
  return { supervisor, workers, waits, pass: (ms: number) => (now += ms) }
}

const running = async (count: number) => {
  const world = supervise(count)
  for (const worker of world.workers) worker.answer()
  await world.supervisor.ready
  return world
}

describe('workers', () => {
  it('answer when all of them do', async () => {
    const { supervisor, workers } = supervise(2)
    let ready = false
    void supervisor.ready.then(() => (ready = true))
    workers[0]?.answer()
    await settle()
    expect(ready).toBe(false)
    workers[1]?.answer()
    expect(await supervisor.ready).toBe('http://127.0.0.1:8787')
  })

  it('that do not start at all end the attempt: nothing is tried again', async () => {
    const { supervisor, workers, waits } = supervise(2)
    workers[0]?.answer()
    workers[1]?.end('exit code 1')
    await expect(supervisor.ready).rejects.toThrow('A worker did not start.')
    workers[0]?.end()
    await settle()
    expect([workers.length, waits.length]).toEqual([2, 0])
  })

  it('that end are started again in their slot, later and later while they keep ending', async () => {
    const { workers, waits, pass } = await running(2)
    for (const [round, ms] of [100, 200, 400].entries()) {
      workers.at(-1)?.end('SIGSEGV')
      await settle()
      expect(waits[round]?.ms).toBe(ms)
      expect(workers).toHaveLength(2 + round)
      waits[round]?.over()
      await settle()
    }
    expect(workers.map(({ slot }) => slot)).toEqual([0, 1, 1, 1, 1])
    pass(steadyMs)
    workers.at(-1)?.end()
    await settle()
    expect(waits.at(-1)?.ms).toBe(100)
  })

  it('that end before the others answer are started again, too', async () => {
    const { supervisor, workers, waits } = supervise(2)
    workers[0]?.answer()
    await settle()
    workers[0]?.end('SIGKILL')
    workers[1]?.answer()
    await supervisor.ready
    await settle()
    waits[0]?.over()
    await settle()
    expect(workers.map(({ slot }) => slot)).toEqual([0, 1, 0])
  })

  it('are asked once to drain, and are not started again', async () => {
    const { supervisor, workers, waits } = await running(2)
    const drained = supervisor.drain(30_000)
    expect(workers.map(({ asked }) => asked)).toEqual([['drain'], ['drain']])
    for (const worker of workers) worker.end()
    expect(await drained).toEqual([])
    expect([workers.length, waits.map(({ ms }) => ms)]).toEqual([2, [30_000]])
  })

  it('that do not end in time are ended, which is told', async () => {
    const { supervisor, workers, waits } = await running(2)
    const drained = supervisor.drain(30_000)
    workers[0]?.end()
    waits[0]?.over()
    expect(await drained).toEqual(['SIGKILL'])
    expect(workers[1]?.asked).toEqual(['drain', 'kill'])
  })

  it('that wait for their next start are not waited for', async () => {
    const { supervisor, workers } = await running(1)
    workers[0]?.end('exit code 1')
    await settle()
    expect(await supervisor.drain(30_000)).toEqual([])
    expect(workers).toHaveLength(1)
  })
})

it('the wait between starts has a limit', () => {
  expect([1, 2, 7, 8, 100, Number.MAX_SAFE_INTEGER].map(restartDelayMs)).toEqual([
    100, 200, 6_400, 10_000, 10_000, 10_000,
  ])
})
