import { describe, expect, it } from 'vitest'
import { CallProgress } from './call-progress.ts'

const at = () => {
  let now = 100
  return { progress: new CallProgress(() => now), pass: (ms: number) => (now += ms) }
}

describe('what the broker adds to a call', () => {
  it('is everything before the dispatch but the wait for the client’s body', () => {
    const { progress, pass } = at()
    pass(1)
    progress.bodyAwaited()
    pass(500)
    progress.bodyRead()
    pass(2)
    progress.dispatched()
    expect(progress.addedMs).toBe(3)
  })
  it('is that of the first dispatch, whatever is tried again', () => {
    const { progress, pass } = at()
    pass(1)
    progress.dispatched()
    pass(10_000)
    progress.dispatched()
    expect(progress.addedMs).toBe(1)
  })
  it('is unknown for a call that was never dispatched', () => {
    expect(at().progress.addedMs).toBeUndefined()
  })
})
