import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Reply } from '../group-commit-store.ts'
import { createLane } from './lane.ts'

/** A lane that writes down its groups, each of which ends when it is told to. */
const scriptedLane = () => {
  const groups: (readonly string[])[] = []
  const ends: (() => void)[] = []
  const lane = createLane<string>({
    patienceMs: 950,
    joins: (job) => !job.startsWith('alone'),
    run: (jobs) => {
      groups.push(jobs)
      return new Promise((resolve) => ends.push(() => resolve(jobs.map((value): Reply => ({ ok: true, value })))))
    },
  })
  return { lane, groups, ends }
}

const turn = () => vi.advanceTimersByTimeAsync(0)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('createLane', () => {
  it('groups what waits, in the order of asking, and lets some jobs stand alone', async () => {
    const { lane, groups, ends } = scriptedLane()
    const answers = ['a', 'b', 'alone-1', 'alone-2', 'c', 'd'].map((job) => lane.ask(job))
    for (let group = 0; group < 4; group++) {
      await turn()
      ends[group]?.()
    }
    expect(await Promise.all(answers)).toEqual(['a', 'b', 'alone-1', 'alone-2', 'c', 'd'])
    expect(groups).toEqual([['a', 'b'], ['alone-1'], ['alone-2'], ['c', 'd']])
  })

  it('bounds a group', async () => {
    const { lane, groups, ends } = scriptedLane()
    const answers = Array.from({ length: 600 }, (_, index) => lane.ask(String(index)))
    for (let group = 0; group < 2; group++) {
      await turn()
      ends[group]?.()
    }
    expect(await Promise.all(answers)).toHaveLength(600)
    expect(groups.map((jobs) => jobs.length)).toEqual([512, 88])
  })

  it('gives up in time, and never runs a job whose asker has given up', async () => {
    const { lane, groups, ends } = scriptedLane()
    const codeOf = (answer: Promise<unknown>) => answer.catch((error: { code: string }) => error.code)
    const running = codeOf(lane.ask('running'))
    await turn()
    const waiting = codeOf(lane.ask('waiting'))
    await vi.advanceTimersByTimeAsync(951)
    expect(await Promise.all([running, waiting])).toEqual(['store_unavailable', 'store_unavailable'])
    const last = lane.ask('last')
    ends[0]?.()
    await turn()
    ends[1]?.()
    expect(await last).toBe('last')
    expect(groups).toEqual([['running'], ['last']])
  })

  it('rejects a group that failed, and goes on', async () => {
    let fail = true
    const lane = createLane<string>({
      patienceMs: 950,
      joins: () => true,
      run: async (jobs) => {
        if (fail) throw new Error('lost')
        return jobs.map((value) => ({ ok: true, value }))
      },
    })
    await expect(lane.ask('a')).rejects.toMatchObject({ code: 'store_unavailable' })
    fail = false
    expect(await lane.ask('b')).toBe('b')
  })

  it('closes after what it had accepted', async () => {
    const { lane, ends } = scriptedLane()
    const accepted = lane.ask('a')
    let closed = false
    const closing = lane.close().then(() => {
      closed = true
    })
    await turn()
    await expect(lane.ask('b')).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(closed).toBe(false)
    ends[0]?.()
    expect(await accepted).toBe('a')
    await closing
  })
})
