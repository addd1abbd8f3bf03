import { expect, it } from 'vitest'
import { anthropicRequest, messageAnswer } from '../test/answers.ts'
import { startTestBroker } from '../test/harness.ts'
import type { BindingRecord } from './store/records.ts'

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
  let now = Date.UTC(2026, 10, 20)
  const broker = await startTestBroker({
    script: () => messageAnswer(),
    seenByBroker: (store) => ({ ...store, exclusive }),
    broker: { clock: () => now },
  })
  const call = async () => (await broker.send({ path: '/anthropic/v1/messages', json: anthropicRequest() })).status
  await broker.store.deleteBinding(binding.appId, binding.connectionId)
  expect(await call()).toBe(403)
  await broker.store.createBinding(binding)
  expect(await call()).toBe(403)
  now += 2_000
  expect(await call()).toBe(status)
  await broker.close()
})
