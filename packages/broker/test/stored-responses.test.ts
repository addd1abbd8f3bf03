import { Secret } from '@vendo/contract'
import { createBarrier, eventStreamAnswer, jsonAnswer } from '@vendo/testkit'
import { expect, it } from 'vitest'
import { createVault } from '../src/index.ts'
import { minting, seed, startTestBroker } from './harness.ts'
import { answered, open } from './http-client.ts'

const usage = { input_tokens: 10, output_tokens: 5, total_tokens: 15 }
const response = { id: 'resp_owned', object: 'response', status: 'completed', model: 'gpt-4o-mini', output: [], usage }
const ask = { model: 'gpt-4o-mini', input: 'Hi', max_output_tokens: 16 }

it('on a pooled credential a stored response is there for the tenant that made it, and for nobody else', async () => {
  const broker = await startTestBroker({ script: () => jsonAnswer(response) })
  const vault = createVault({
    keyEncryptionKey: new Secret(Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64')),
  })
  await seed(broker.store, vault, {}, 'other')
  const stranger = await minting(broker.store, 'other')()
  const headers = { authorization: `Bearer ${stranger.key}` }
  expect((await broker.send({ path: '/openai/v1/responses', json: ask })).status).toBe(200)

  const uses = [
    { method: 'GET', path: '/openai/v1/responses/resp_owned' },
    { method: 'GET', path: '/openai/v1/responses/resp_owned/input_items' },
    { method: 'POST', path: '/openai/v1/responses/resp_owned/cancel' },
    { method: 'DELETE', path: '/openai/v1/responses/resp_owned' },
    { path: '/openai/v1/responses', json: { ...ask, previous_response_id: 'resp_owned' } },
  ]
  for (const use of uses) {
    const sent = broker.upstream.requests.length
    const refused = await broker.send({ ...use, headers })
    expect([use.path, refused.status, refused.headers['vendo-error-code']]).toEqual([use.path, 404, 'job_not_found'])
    expect(broker.upstream.requests).toHaveLength(sent)
    expect([use.path, (await broker.send(use)).status]).toEqual([use.path, 200])
  }
  await broker.close()
})

it('a response that is still streaming can be cancelled by its own tenant', async () => {
  const rest = createBarrier()
  const created = { type: 'response.created', response: { ...response, status: 'in_progress', usage: null } }
  const broker = await startTestBroker({
    script: ({ url }) =>
      url.endsWith('/cancel')
        ? jsonAnswer(response)
        : eventStreamAnswer([`event: response.created\ndata: ${JSON.stringify(created)}\n\n`, rest]),
  })
  const streaming = open(broker.url, {
    path: '/openai/v1/responses',
    headers: { authorization: `Bearer ${broker.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...ask, stream: true, background: true }),
  })
  const answer = await answered(streaming)
  await new Promise((resolve) => answer.once('data', resolve))
  const cancelled = await broker.send({ method: 'POST', path: '/openai/v1/responses/resp_owned/cancel' })
  expect(cancelled.status).toBe(200)
  rest.open()
  answer.resume()
  await new Promise((resolve) => answer.once('close', resolve))
  await broker.close()
})
