import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLogWriter, type LogSystem } from './log-writer.ts'

beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }))
afterEach(() => void vi.useRealTimers())

type Outcome = number | string

const failure = (code: string): NodeJS.ErrnoException => Object.assign(new Error(code), { code })

/** A destination that takes everything, except that the next writes end as told: with so many bytes, or with an error. */
const destination = () => {
  const outcomes: Outcome[] = []
  const seen = { text: '', writes: 0 }
  const take = (bytes: Buffer): number => {
    seen.writes++
    const outcome = outcomes.length > 1 ? outcomes.shift() : outcomes[0]
    if (typeof outcome === 'string') throw failure(outcome)
    const taken = bytes.subarray(0, outcome ?? bytes.length)
    seen.text += taken
    return taken.length
  }
  const calls: LogSystem = {
    writeSync: (_, bytes) => take(bytes),
    write: (_, bytes, done) => {
      try {
        const written = take(bytes)
        queueMicrotask(() => done(null, written))
      } catch (error) {
        queueMicrotask(() => done(error as NodeJS.ErrnoException, 0))
      }
    },
  }
  return { seen, calls, ends: (...next: Outcome[]) => void outcomes.splice(0, outcomes.length, ...next) }
}

const broken = ['EPIPE', 'EIO', 'ENOSPC', 'ENXIO', 'EBADF', 'EDQUOT'] as const

describe('createLogWriter', () => {
  it('writes lines together, in order, within 100 ms', async () => {
    const { seen, calls } = destination()
    const writer = createLogWriter(1, calls)
    for (const line of ['a\n', 'b\n', 'c\n']) writer.write(line)
    expect(seen.writes).toBe(0)
    await vi.advanceTimersByTimeAsync(100)
    expect(seen).toEqual({ text: 'a\nb\nc\n', writes: 1 })
  })

  it('does not wait when there is a good piece to write', () => {
    const { seen, calls } = destination()
    const writer = createLogWriter(1, calls)
    writer.write(`${'x'.repeat(8_191)}\n`)
    expect(seen.writes).toBe(1)
  })

  it('goes on where a write stopped short', async () => {
    const { seen, calls, ends } = destination()
    const writer = createLogWriter(1, calls)
    ends(3, 1_000)
    writer.write('one\ntwo\n')
    await vi.advanceTimersByTimeAsync(100)
    expect(seen.text).toBe('one\ntwo\n')
  })

  it.each(broken)('drops and counts lines on %s, says so when it is over, and tries once a second', async (code) => {
    const { seen, calls, ends } = destination()
    const writer = createLogWriter(1, calls)
    ends(code)
    for (let line = 0; line < 1_000; line++) {
      writer.write('lost\n')
      await vi.advanceTimersByTimeAsync(10)
    }
    expect(seen.writes).toBeLessThanOrEqual(11)
    ends(1_000_000)
    await vi.advanceTimersByTimeAsync(2_000)
    writer.write('again\n')
    await vi.advanceTimersByTimeAsync(2_000)
    const dropped = writer.dropped()
    expect(dropped).toBeGreaterThan(800)
    const told = [...seen.text.matchAll(/"dropped":(\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0)
    expect(told).toBe(dropped)
    expect(seen.text.match(/lost\n/g)?.length ?? 0).toBe(1_000 - dropped)
    expect(seen.text.endsWith('again\n')).toBe(true)
  })

  it('does not join the rest of a cut line to the next one', async () => {
    const { seen, calls, ends } = destination()
    const writer = createLogWriter(1, calls)
    ends(2, 'ENOSPC', 1_000)
    writer.write('cut\n')
    await vi.advanceTimersByTimeAsync(2_000)
    writer.write('whole\n')
    await vi.advanceTimersByTimeAsync(2_000)
    expect(seen.text.split('\n').at(-2)).toBe('whole')
    expect(writer.dropped()).toBe(1)
  })

  it('keeps 4 MiB for a reader that does not read, drops and counts the rest, and loses no more', async () => {
    const { seen, calls, ends } = destination()
    const writer = createLogWriter(1, calls)
    ends('EAGAIN')
    const line = `${'x'.repeat(1_023)}\n`
    for (let count = 0; count < 5_000; count++) writer.write(line)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(seen.writes).toBeLessThanOrEqual(12)
    expect(writer.dropped()).toBe(5_000 - 4_096)
    ends(10_000_000)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(seen.text.split(line)).toHaveLength(4_097)
  })

  it.each(broken)('ends at once at exit when the destination fails with %s', (code) => {
    const { seen, calls, ends } = destination()
    const writer = createLogWriter(1, calls)
    ends(code)
    writer.write('a\nb\n')
    writer.flushSync(60_000)
    expect([seen.writes, writer.dropped()]).toEqual([1, 2])
  })

  it('writes what waits at exit, to a reader that needs a moment', () => {
    vi.useRealTimers()
    const { seen, calls, ends } = destination()
    const writer = createLogWriter(1, calls)
    ends('EAGAIN', 2, 'EAGAIN', 1_000)
    writer.write('a\nb\n')
    writer.flushSync(60_000)
    expect(seen.text).toBe('a\nb\n')
  })

  it('gives up at exit on a reader that never reads', () => {
    vi.useRealTimers()
    const { calls, ends } = destination()
    const writer = createLogWriter(1, calls)
    ends('EAGAIN')
    writer.write('a\n')
    writer.flushSync(30)
    expect(writer.dropped()).toBe(1)
  })
})
