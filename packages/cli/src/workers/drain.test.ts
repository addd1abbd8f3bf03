import { Agent } from 'node:http'
import { createBarrier } from '@vendo/testkit'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import {
  answerTo,
  call,
  end,
  readLedger,
  type Served,
  serve,
  startUpstream,
  type Whole,
  whole,
} from '../../test/serve.ts'

// Each test starts processes of its own, which a busy machine takes its time for.
vi.setConfig({ testTimeout: 60_000 })

/** Sends one call after the other on one connection until there is no answer; resolves to the whole answers. */
const keepCalling = async (served: Served): Promise<readonly Whole[]> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  const answers: Whole[] = []
  for (;;) {
    try {
      answers.push(await whole(await answerTo(call(served, false, agent))))
    } catch {
      return answers
    }
  }
}

const untilRefused = async (served: Served): Promise<void> => {
  for (;;) {
    const refused = await answerTo(call(served, false, new Agent())).then(
      (answer) => {
        answer.resume()
        return false
      },
      () => true,
    )
    if (refused) return
  }
}

const streams = 6

describe.each(['dev', 'broker'] as const)('SIGTERM of vendo %s during load', (command) => {
  it('refuses what is new, lets what runs end, settles all of it and exits 0', async () => {
    const barrier = createBarrier()
    const served = await serve(command, (await startUpstream(barrier)).origin)
    const opened = await Promise.all(Array.from({ length: streams }, () => answerTo(call(served, true))))
    const read = opened.map(whole)
    const callers = Array.from({ length: 4 }, () => keepCalling(served))
    await whole(await answerTo(call(served, false)))
    served.child.kill('SIGTERM')
    await untilRefused(served)
    const short = (await Promise.all(callers)).flat()
    barrier.open()
    const long = await Promise.all(read)
    expect((await served.ended).code).toBe(0)

    expect(long.map(({ text, complete }) => [complete, text.endsWith(end[1] ?? '')])).toEqual(
      long.map(() => [true, true]),
    )
    expect(short.length).toBeGreaterThan(0)
    expect(short.filter(({ status, complete }) => status !== 200 || !complete)).toEqual([])
    const { calls, report } = await readLedger(served)
    expect(report).toMatchObject({ ok: true, openHolds: 0, problems: [] })
    expect(calls.filter(({ state }) => state === 'actual').length).toBeGreaterThanOrEqual(streams + short.length + 1)
  })

  it('ends at once on a second signal', async () => {
    const served = await serve(command, (await startUpstream(createBarrier())).origin)
    const stream = whole(await answerTo(call(served, true)))
    served.child.kill('SIGTERM')
    await untilRefused(served)
    served.child.kill('SIGTERM')
    expect([(await served.ended).code, (await stream).complete]).toEqual([143, false])
  })
})

it.each(['dev', 'broker'] as const)(
  'vendo %s cuts what still runs after its grace, and settles that, too',
  async (command) => {
    const served = await serve(command, (await startUpstream(createBarrier())).origin, ['--grace', '0'])
    const stream = whole(await answerTo(call(served, true)))
    served.child.kill('SIGINT')
    expect(await stream).toMatchObject({ complete: false, text: expect.stringContaining('event: error') })
    expect((await served.ended).code).toBe(0)
    const { calls, report } = await readLedger(served)
    expect(calls).toMatchObject([{ state: 'estimated', reason: 'shutdown' }])
    expect(report).toMatchObject({ ok: true, openHolds: 0 })
  },
)
