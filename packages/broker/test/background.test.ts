import { jsonAnswer } from '@vendo/testkit'
import { expect, it } from 'vitest'
import { startTestBroker } from './harness.ts'

const response = (status: string, usage: unknown) => ({
  id: 'resp_1',
  object: 'response',
  status,
  model: 'gpt-4o-mini',
  output: [],
  usage,
})
const usage = { input_tokens: 1000, input_tokens_details: { cached_tokens: 0 }, output_tokens: 100, total_tokens: 1100 }

it('a background answer is settled at its hold, and corrected once when a poll shows its usage', async () => {
  const broker = await startTestBroker({
    script: [
      jsonAnswer(response('queued', null)),
      jsonAnswer(response('in_progress', null)),
      jsonAnswer(response('completed', usage)),
      jsonAnswer(response('completed', usage)),
    ],
  })
  const json = { model: 'gpt-4o-mini', input: 'Hi', background: true, max_output_tokens: 1000 }
  await broker.send({ path: '/openai/v1/responses', json })
  const [queued] = await broker.calls()
  expect(queued).toMatchObject({ state: 'estimated', reason: 'background' })
  expect(queued?.walletNanos).toBeGreaterThan(0n)
  expect(queued?.walletNanos).toBeLessThanOrEqual(queued?.holdNanos ?? 0n)

  for (let poll = 0; poll < 3; poll++) await broker.send({ method: 'GET', path: '/openai/v1/responses/resp_1' })
  await broker.send({ method: 'GET', path: '/api/billing/balance' })
  // gpt-4o-mini: 1000 × $0.15 + 100 × $0.60 per million, and the margin of 20 %.
  const charge = ((150_000n + 60_000n) * 12n) / 10n
  expect((await broker.calls())[0]).toMatchObject({ walletNanos: charge, listNanos: 210_000n })
  expect((await broker.store.balance('ten_test')).settledNanos).toBe(charge)
  expect((await broker.store.verify()).problems).toEqual([])
  await broker.close()
})
