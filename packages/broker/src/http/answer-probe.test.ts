import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect, it } from 'vitest'
import { answerProbe } from './answer-probe.ts'

const down = { ready: () => Promise.reject(new Error('the store is away')), newId: () => 'request_1' }

it.each([
  ['/healthz', 'GET', true],
  ['/readyz', 'GET', false],
  ['/healthz', 'POST', false],
  ['/readyz/more', 'GET', false],
])('%s to %s while the store is away is answered here: %s', async (url, method, expected) => {
  const heads: number[] = []
  const answer = { writeHead: (status: number) => heads.push(status), end: () => undefined }
  const message = { url, method } as IncomingMessage
  expect(await answerProbe(message, answer as unknown as ServerResponse, down)).toBe(expected)
  expect(heads).toEqual(expected ? [200] : [])
})
