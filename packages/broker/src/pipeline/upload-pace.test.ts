import { describe, expect, it } from 'vitest'
import { PaceWatch } from './upload-pace.ts'

const start = () => {
  let now = 0
  const watch = new PaceWatch({ graceMs: 10_000, minBytesPerSecond: 1_000 }, () => now)
  const upload = { takenBytes: 0, slow: 0, onSlow: () => void upload.slow++ }
  const unwatch = watch.watch(upload)
  const pass = (ms: number, bytes: number) => {
    for (let passed = 0; passed < ms; passed += 1_000) {
      now += 1_000
      upload.takenBytes += (bytes * 1_000) / ms
      watch.check()
    }
  }
  const jump = (ms: number) => {
    now += ms
  }
  return { upload, unwatch, pass, jump, watch }
}

describe('the speed of an upload', () => {
  it('is asked for after the grace only', () => {
    const { upload, pass } = start()
    pass(9_000, 0)
    expect(upload.slow).toBe(0)
    pass(1_000, 0)
    expect(upload.slow).toBe(1)
  })

  it('may be as low as the limit, for ever', () => {
    const { upload, pass } = start()
    pass(600_000, 600_000)
    expect(upload.slow).toBe(0)
  })

  it('counts from the last time it was good: one that stalls after many bytes is ended too, once', () => {
    const { upload, pass } = start()
    pass(10_000, 16_000_000)
    pass(60_000, 0)
    expect(upload.slow).toBe(1)
  })

  it('is not asked for while this process slept, nor after the end of the watch', () => {
    const { upload, unwatch, jump, watch, pass } = start()
    jump(3_600_000)
    watch.check()
    expect(upload.slow).toBe(0)
    unwatch()
    pass(60_000, 0)
    expect(upload.slow).toBe(0)
  })
})
