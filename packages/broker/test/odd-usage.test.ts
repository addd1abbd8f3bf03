import { jsonAnswer } from '@vendo/testkit'
import { expect, it } from 'vitest'
import { startTestBroker } from './harness.ts'

const completion = (usage: object) => ({
  id: 'gen-1',
  object: 'chat.completion',
  model: 'openai/gpt-4o-mini',
  choices: [],
  usage,
})
const json = { model: 'openai/gpt-4o-mini', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] }

it.each([
  ['a cost beyond a billion dollars', { prompt_tokens: 5, completion_tokens: 5, cost: 1e12 }],
  ['a count beyond exact numbers', { prompt_tokens: 2 ** 60, completion_tokens: 5, cost: 0.01 }],
  ['a cost below nothing', { prompt_tokens: 5, completion_tokens: 5, cost: -1 }],
  ['counts whose sum is no exact number', { prompt_tokens: 2 ** 53 - 1, completion_tokens: 2 ** 53 - 1, cost: 0.01 }],
])('%s is settled at the hold at once, and the next call of a key of one finds its slot', async (_rule, usage) => {
  const broker = await startTestBroker({
    script: [
      jsonAnswer(completion(usage)),
      jsonAnswer(completion({ prompt_tokens: 5, completion_tokens: 5, cost: 0.001 })),
    ],
    limits: { concurrency: 1 },
  })
  const path = '/openrouter/api/v1/chat/completions'
  expect((await broker.send({ path, json })).status).toBe(200)
  const [odd] = await broker.calls()
  expect(odd).toMatchObject({ state: 'estimated', reason: 'out_of_range', walletNanos: odd?.holdNanos })
  expect(odd?.flags).toContain('out_of_range')
  expect((await broker.send({ path, json })).status).toBe(200)
  expect((await broker.calls()).map(({ state }) => state)).toEqual(['estimated', 'actual'])
  expect((await broker.store.verify()).problems).toEqual([])
  await broker.close()
})
