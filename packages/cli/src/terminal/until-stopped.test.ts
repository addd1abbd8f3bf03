import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Stop, untilStopped } from './until-stopped.ts'

let stop: Stop | undefined
afterEach(() => {
  stop?.release()
  vi.restoreAllMocks()
})

const watch = () => {
  stop = untilStopped()
  const exit = vi.spyOn(process, 'exit').mockImplementation((() => undefined) as never)
  return { signal: stop.signal, exit }
}

describe('untilStopped', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('ends in order at a first %s', async (first) => {
    const { signal, exit } = watch()
    process.emit(first, first)
    await signal
    expect(exit).not.toHaveBeenCalled()
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends at once at a second signal that is %s', (second, code) => {
    const { exit } = watch()
    process.emit('SIGHUP', 'SIGHUP')
    process.emit(second, second)
    expect(exit.mock.calls).toEqual([[code]])
  })

  it('is not hastened by a terminal that closes, however often it says so', () => {
    const { exit } = watch()
    for (const signal of ['SIGINT', 'SIGHUP', 'SIGHUP'] as const) process.emit(signal, signal)
    expect(exit).not.toHaveBeenCalled()
  })
})
