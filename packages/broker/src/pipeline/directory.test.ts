import { describe, expect, it } from 'vitest'
import type { DirectoryStore } from '../store/store.ts'
import { createDirectory } from './directory.ts'

const counting = (exclusive: boolean) => {
  let reads = 0
  const listMargins = async () => {
    reads++
    return []
  }
  let now = 0
  const store = { exclusive, listMargins } as unknown as DirectoryStore & { exclusive: boolean }
  return {
    directory: createDirectory(store, () => now),
    reads: () => reads,
    pass: (ms: number) => {
      now += ms
    },
  }
}

describe('what the directory keeps', () => {
  it('stays for good where this process alone writes, until it writes', async () => {
    const { directory, reads, pass } = counting(true)
    await directory.margins()
    pass(3_600_000)
    await directory.margins()
    expect(reads()).toBe(1)
    directory.invalidate()
    await directory.margins()
    expect(reads()).toBe(2)
  })

  it('stays for two seconds where other brokers write', async () => {
    const { directory, reads, pass } = counting(false)
    await directory.margins()
    const version = directory.version()
    pass(1_999)
    await directory.margins()
    expect([reads(), directory.version()]).toEqual([1, version])
    pass(1)
    await directory.margins()
    expect(reads()).toBe(2)
    expect(directory.version()).toBeGreaterThan(version)
  })

  it('is not what was read while an invalidation came', async () => {
    const { directory, reads } = counting(true)
    const reading = directory.margins()
    directory.invalidate()
    await reading
    await directory.margins()
    expect(reads()).toBe(2)
  })
})
