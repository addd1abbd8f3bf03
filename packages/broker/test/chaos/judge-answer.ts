import { type ErrorCodeRow, errorCodes, isVendoErrorCode, type VendoErrorCode } from '@vendo/contract'
import { expect } from 'vitest'
import type { CallRecord } from '../../src/store/records.ts'
import type { TestBroker } from '../harness.ts'
import type { WholeAnswer } from '../http-client.ts'

/** The shape of a provider's own errors, by the integration that was called. */
const shapes: Readonly<Record<string, unknown>> = {
  anthropic: { type: 'error', error: { type: expect.any(String), message: expect.any(String) } },
  openai: { error: { message: expect.any(String), type: expect.any(String) } },
}

const statusOf = ({ status }: ErrorCodeRow): number | undefined => status

/** Whether an answer is the provider's, or an error of the broker that the provider's SDKs understand. Returns its code. */
export const judgeAnswer = (answer: WholeAnswer, slug: string, context: string): string | undefined => {
  const code = answer.headers['vendo-error-code']
  if (code === undefined) {
    expect(answer.status, context).toBe(200)
    return undefined
  }
  expect(answer.status, context).toBe(
    isVendoErrorCode(String(code)) ? statusOf(errorCodes[code as VendoErrorCode]) : 'one',
  )
  expect(answer.json(), context).toMatchObject(shapes[slug] as object)
  expect(answer.headers['x-vendo-request-id'], context).toEqual(expect.any(String))
  return String(code)
}

const patienceMs = 20_000

/** Every attempt of a broker, once none is open any more. */
const closedCalls = async ({ store }: TestBroker, context: string): Promise<readonly CallRecord[]> => {
  const startedAt = performance.now()
  for (;;) {
    const calls = await store.listCalls({ tenantId: 'ten_test', limit: 1_000 })
    if (calls.every(({ state }) => state !== 'open')) return calls
    if (performance.now() - startedAt > patienceMs) throw new Error(`a hold stays open: ${context}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

/** What must hold after anything: one row for each dispatch, and a ledger that adds up with nothing open. */
export const judgeLedger = async (broker: TestBroker, context: string): Promise<readonly CallRecord[]> => {
  const calls = await closedCalls(broker, context)
  const dispatched = calls.filter(({ state, flags }) => state !== 'released' && !flags.includes('catalog_cache'))
  expect(dispatched.length, context).toBe(broker.upstream.requests.length)
  expect(await broker.store.verify(), context).toMatchObject({ ok: true, openHolds: 0, problems: [] })
  return calls
}
