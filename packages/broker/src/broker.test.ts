import { afterEach, expect, it, vi } from 'vitest'
import { anthropicRequest, messageAnswer } from '../test/answers.ts'
import { startTestBroker } from '../test/harness.ts'
import type { BindingRecord } from './store/records.ts'

afterEach(() => void vi.useRealTimers())

const binding: BindingRecord = {
  appId: 'app_test',
  connectionId: 'con_anthropic',
  tenantId: 'ten_test',
  createdAt: 2_000,
}

it.each([
  ['sees within two seconds what another broker of its store wrote', false, 200],
  ['that owns its store looks nowhere twice', true, 403],
])('a broker %s', async (_, exclusive, status) => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const broker = await startTestBroker({
    script: () => messageAnswer(),
    seenByBroker: (store) => ({ ...store, exclusive }),
  })
  const call = async () => (await broker.send({ path: '/anthropic/v1/messages', json: anthropicRequest() })).status
  await broker.store.deleteBinding(binding.appId, binding.connectionId)
  expect(await call()).toBe(403)
  await broker.store.createBinding(binding)
  expect(await call()).toBe(403)
  vi.advanceTimersByTime(2_000)
  expect(await call()).toBe(status)
  await broker.close()
})
