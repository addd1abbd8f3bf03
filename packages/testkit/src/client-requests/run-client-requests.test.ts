import { expect, it } from 'vitest'
import { type ClientRequest, runClientRequests } from './run-client-requests.ts'

const chat = (body: object): ClientRequest => ({
  client: 'test',
  method: 'POST',
  url: '/v1/chat/completions',
  headers: { authorization: 'Bearer sample', 'content-type': 'application/json' },
  body: { model: 'stub', messages: [{ role: 'user', content: 'Hi' }], ...body },
})

it('passes an ordinary request, and names one that is not understood or refused', async () => {
  const refused = await runClientRequests([chat({}), chat({ service_tier: 3 }), { ...chat({}), url: '/v1/nothing' }])
  expect(refused.map(({ problem }) => problem.split(':').slice(0, 2).join(':'))).toEqual([
    'not_understood:service_tier',
    'not_understood:service_tier',
    expect.stringMatching(/^route_blocked/),
    expect.stringMatching(/^route_blocked/),
  ])
})
