import { createVendoError } from '@vendo/contract'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createReadiness } from './readiness.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] }))
afterEach(() => void vi.useRealTimers())

const full = () => Promise.reject(createVendoError('disk full', { code: 'store_unavailable' }))

it('one probe answers all who ask while it runs, and for a second after it', async () => {
  const probe = vi.fn(() => Promise.resolve())
  const ready = createReadiness(probe)
  await Promise.all([ready(), ready()])
  await vi.advanceTimersByTimeAsync(999)
  await ready()
  expect(probe).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(1)
  await ready()
  expect(probe).toHaveBeenCalledTimes(2)
})

it('a failure is shared for a second as well, then asked again', async () => {
  const probe = vi.fn<() => Promise<void>>(full)
  const ready = createReadiness(probe)
  for (let asked = 0; asked < 3; asked++) await expect(ready()).rejects.toMatchObject({ code: 'store_unavailable' })
  expect(probe).toHaveBeenCalledTimes(1)
  probe.mockImplementation(() => Promise.resolve())
  await vi.advanceTimersByTimeAsync(1_000)
  await expect(ready()).resolves.toBeUndefined()
})
