import type { Store } from '@vendo/broker'
import { benchTenant } from './seed-store.ts'

type HoldRequest = Parameters<Store['hold']>[0]
type Settlement = Parameters<Store['settle']>[0]

const atOnce = 256

/** Writes `count` finished calls, numbered from `first`, each as a hold and its settlement. */
export const fillLedger = async (store: Store, first: number, count: number): Promise<void> => {
  for (let done = 0; done < count; done += atOnce) {
    const batch = Array.from({ length: Math.min(atOnce, count - done) }, (_, index) => first + done + index)
    await Promise.all(batch.map((number) => writeCall(store, number)))
  }
}

/** One call from hold to settlement. */
export const writeCall = async (store: Store, number: number): Promise<void> => {
  await store.hold(holdOf(number))
  await store.settle(settlementOf(number))
}

/** What a small call holds. */
export const holdOf = (number: number): HoldRequest => ({
  attemptId: attemptId(number),
  requestId: `req_fill_${number}`,
  tenantId: benchTenant.tenantId,
  keyId: 'key_bench_0',
  appId: benchTenant.appId,
  connectionId: benchTenant.connectionId,
  integration: 'anthropic',
  route: 'POST /v1/messages',
  model: `mock-${number % 5}`,
  streamed: number % 2 === 0,
  walletNanos: 20_000_000n,
  spendNanos: 20_000_000n,
  tokens: 2_000,
  defaultRequestsPerMinute: null,
  ttlMs: 3_600_000,
})

/** What it costs in the end. */
export const settlementOf = (number: number): Settlement => ({
  attemptId: attemptId(number),
  state: 'actual',
  reason: null,
  flags: [],
  walletNanos: 5_058_600n,
  spendNanos: 5_058_600n,
  listNanos: 4_215_500n,
  cacheSavingsNanos: 0n,
  lines: [
    { meter: 'input', quantity: 146, rateUsd: '3', margin: '0.2', listNanos: 438_000n, chargeNanos: 525_600n },
    { meter: 'output', quantity: 251, rateUsd: '15', margin: '0.2', listNanos: 3_777_500n, chargeNanos: 4_533_000n },
  ],
  quantities: { input: 146, output: 251 },
  tokens: 397,
  reasoningTokens: null,
  servedModel: `mock-${number % 5}`,
  responseId: `msg_fill_${number}`,
  upstreamStatus: 200,
  ttfbMs: 400,
  durationMs: 2_400,
})

const attemptId = (number: number): string => `att_fill_${number}`
