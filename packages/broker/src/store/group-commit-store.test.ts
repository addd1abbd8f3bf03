import { describe, expect, it } from 'vitest'
import { type Committer, createGroupCommitStore, type Job, type Reply } from './group-commit-store.ts'

/** A database that writes down each commit and ends it when it is told to. */
const scriptedCommitter = () => {
  const commits: (readonly Job[])[] = []
  const ends: (() => void)[] = []
  let closed = 0
  const committer: Committer = {
    commit: (jobs) => {
      commits.push(jobs)
      return new Promise((resolve) =>
        ends.push(() => resolve(jobs.map((job): Reply => ({ ok: true, value: job.parameters[0] })))),
      )
    },
    close: async () => {
      closed++
    },
  }
  return { committer, commits, ends, closed: () => closed }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('createGroupCommitStore', () => {
  it('puts calls made together into one commit, and those made meanwhile into the next', async () => {
    const { committer, commits, ends } = scriptedCommitter()
    const store = createGroupCommitStore(committer)
    const first = [store.getApp('a'), store.getApp('b')]
    await turn()
    const second = [store.getKey('c'), store.balance('d'), store.getApp('e')]
    await turn()
    expect(commits).toHaveLength(1)
    ends[0]?.()
    expect(await Promise.all(first)).toEqual(['a', 'b'])
    await turn()
    ends[1]?.()
    expect(await Promise.all(second)).toEqual(['c', 'd', 'e'])
    expect(commits.map((jobs) => jobs.map(({ name }) => name))).toEqual([
      ['getApp', 'getApp'],
      ['getKey', 'balance', 'getApp'],
    ])
  })

  it('bounds a commit, so that nobody waits for everybody', async () => {
    const { committer, commits, ends } = scriptedCommitter()
    const store = createGroupCommitStore(committer)
    const all = Array.from({ length: 1100 }, (_, index) => store.getApp(String(index)))
    for (let commit = 0; commit < 3; commit++) {
      await turn()
      ends[commit]?.()
    }
    expect(await Promise.all(all)).toEqual(Array.from({ length: 1100 }, (_, index) => String(index)))
    expect(commits.map((jobs) => jobs.length)).toEqual([512, 512, 76])
  })

  it('waits a few turns with a smaller commit for those that the one before let go, and not for ever', async () => {
    const { committer, commits, ends } = scriptedCommitter()
    const store = createGroupCommitStore(committer)
    const first = Promise.all([store.getApp('a'), store.getApp('b')])
    await turn()
    const second = store.getApp('c')
    ends[0]?.()
    await first
    await turn()
    const third = store.getApp('d')
    await turn()
    ends[1]?.()
    const fourth = store.getApp('e')
    for (let turns = 0; turns < 10; turns++) await turn()
    ends[2]?.()
    expect(await Promise.all([second, third, fourth])).toEqual(['c', 'd', 'e'])
    expect(commits.map((jobs) => jobs.length)).toEqual([2, 2, 1])
  })

  it('rejects every call of a commit that failed, and goes on', async () => {
    let fail = true
    const store = createGroupCommitStore({
      commit: async (jobs) => {
        if (fail) throw new Error('the disk is full')
        return jobs.map(() => ({ ok: true, value: 'kept' }))
      },
      close: async () => undefined,
    })
    const results = await Promise.allSettled([store.getApp('a'), store.getApp('b')])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    fail = false
    expect(await store.getApp('c')).toBe('kept')
  })

  it('rejects a call without an answer instead of leaving it waiting', async () => {
    const store = createGroupCommitStore({ commit: async () => [], close: async () => undefined })
    await expect(store.getApp('a')).rejects.toMatchObject({ code: 'store_unavailable', retryable: true })
  })

  it('closes once, after what it had accepted', async () => {
    const { committer, ends, closed } = scriptedCommitter()
    const store = createGroupCommitStore(committer)
    const accepted = store.getApp('a')
    const closing = [store.close(), store.close()]
    await turn()
    expect(closed()).toBe(0)
    ends[0]?.()
    expect(await accepted).toBe('a')
    await Promise.all(closing)
    expect(closed()).toBe(1)
    await expect(store.getApp('b')).rejects.toMatchObject({ code: 'store_unavailable' })
  })
})
