import type { ChildProcess } from 'node:child_process'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type RunSignals, takeRunSignals } from './run-signals.ts'

let signals: RunSignals | undefined
afterEach(() => {
  signals?.release()
  vi.restoreAllMocks()
})

const take = (onTerminal = false) => {
  const taken = takeRunSignals(onTerminal)
  signals = taken
  const exit = vi.spyOn(process, 'exit').mockImplementation((() => undefined) as never)
  const kill = vi.fn()
  const child = { kill } as unknown as ChildProcess
  return { taken, exit, kill, child }
}

const send = (...names: NodeJS.Signals[]): void => {
  for (const name of names) process.emit(name, name)
}

describe('takeRunSignals', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('before the command a first %s keeps it from being started', (name, exitCode) => {
    const { taken, exit } = take()
    expect(() => taken.assertNone()).not.toThrow()
    send(name)
    expect(() => taken.assertNone()).toThrow(expect.objectContaining({ exitCode }))
    expect(exit).not.toHaveBeenCalled()
  })

  it('before the command a second Ctrl-C ends it at once', () => {
    const { exit } = take()
    send('SIGINT', 'SIGINT')
    expect(exit.mock.calls).toEqual([[130]])
  })

  it.each([
    [false, ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2']],
    [true, ['SIGTERM', 'SIGHUP', 'SIGUSR2']],
  ] as const)(
    'while it runs all signals are its own; on a terminal (%s) Ctrl-C has reached it already',
    (onTerminal, passed) => {
      const { taken, exit, kill, child } = take(onTerminal)
      taken.passTo(child)
      send('SIGINT', 'SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2')
      expect([...new Set(kill.mock.calls.flat())]).toEqual(passed)
      expect([exit.mock.calls, taken.hurry.aborted]).toEqual([[], false])
    },
  )

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'after it a first %s ends the wait for the bill, and no more',
    (name) => {
      const { taken, exit, child } = take()
      taken.passTo(child)
      send('SIGINT')
      taken.childEnded()
      expect(taken.hurry.aborted).toBe(false)
      send(name, 'SIGHUP', 'SIGUSR2')
      expect([exit.mock.calls, taken.hurry.aborted]).toEqual([[], true])
    },
  )

  it('after it a second Ctrl-C ends vendo at once', () => {
    const { taken, exit, child } = take()
    taken.passTo(child)
    taken.childEnded()
    send('SIGINT', 'SIGTERM')
    expect(exit.mock.calls).toEqual([[143]])
  })
})
