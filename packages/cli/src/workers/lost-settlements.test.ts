import { execFileSync, spawnSync } from 'node:child_process'
import { createBarrier } from '@vendo/testkit'
import { describe, expect, it, vi } from 'vitest'
import { answerTo, call, readLedger, serve, startUpstream, whole } from '../../test/serve.ts'
import { drainBroker } from './drain-broker.ts'
import { endsWithin } from './ends-within.ts'

vi.setConfig({ testTimeout: 60_000 })

/** From now on no file of this process can grow, as on a full disk; whoever runs the test. */
const fillDisk = (pid: number | undefined): void => {
  execFileSync('prlimit', ['--pid', String(pid), '--fsize=1:1'])
}
const hasPrlimit = spawnSync('prlimit', ['--version']).status === 0

describe.skipIf(!hasPrlimit).each(['dev', 'broker'] as const)('vendo %s on a disk that is full', (command) => {
  it('ends with exit code 1 when neither store nor outbox took a settlement, and says so', async () => {
    const barrier = createBarrier()
    const served = await serve(command, (await startUpstream(barrier)).origin)
    const stream = whole(await answerTo(call(served, true)))
    fillDisk(served.child.pid)
    barrier.open()
    expect((await stream).complete).toBe(true)
    served.child.kill('SIGTERM')
    const { code, err } = await served.ended
    expect([code, err]).toEqual([1, expect.stringContaining('1 settlement(s) were lost')])
    // What nobody knows settles at the hold.
    const { calls, report } = await readLedger(served)
    expect(calls).toMatchObject([{ state: 'open' }])
    expect(report).toMatchObject({ ok: true, openHolds: 1 })
  })
})

it('a broker that lost a settlement while it drained does not end well', async () => {
  const close = () => Promise.reject(new Error('1 settlement(s) were lost'))
  await expect(drainBroker({ close }, 1_000)).rejects.toThrow('were lost')
})

it('vendo run does not take a broker that lost a settlement for one that ended, either', async () => {
  await expect(endsWithin(Promise.reject(new Error('1 settlement(s) were lost')), 1_000)).rejects.toThrow('were lost')
})
