import type { Settlement } from '../../store/records.ts'
import { CallProgress } from '../call-progress.ts'
import type { EndedCall, RefusedCall } from '../observer.ts'

/** A progress that was classified, and dispatched `addedMs` after it came in. */
export const progressOf = (addedMs: number): CallProgress => {
  let now = 0
  const progress = new CallProgress(() => now)
  progress.classified('POST /v1/messages')
  now = addedMs
  progress.dispatched()
  return progress
}

const settlement: Settlement = {
  attemptId: 'att_1',
  state: 'actual',
  reason: null,
  flags: [],
  walletNanos: 1_250_000n,
  spendNanos: 1_250_000n,
  listNanos: 1_000_000n,
  cacheSavingsNanos: 0n,
  lines: [],
  quantities: { input: 1000, cache_read: 200, cache_write_5m: 30, output: 50 },
  tokens: 1280,
  reasoningTokens: null,
  servedModel: 'claude-haiku-4-5-20251001',
  responseId: 'msg_1',
  upstreamStatus: 200,
  ttfbMs: 300,
  durationMs: 900,
}

/** A call that ended well, but for what is given. */
export const endedCall = (changes: Partial<EndedCall> = {}, settled: Partial<Settlement> = {}): EndedCall => ({
  requestId: 'req_1',
  integration: 'anthropic',
  headers: {},
  receivedAt: 1_000_000,
  endedAt: 1_001_000,
  progress: progressOf(0.6),
  status: 200,
  code: undefined,
  wireFormat: 'anthropic-messages',
  tenantId: 'ten_1',
  keyId: 'key_1',
  requestModel: 'claude-haiku-4-5',
  ratedModel: 'claude-haiku-4-5',
  settlement: { ...settlement, ...settled },
  ...changes,
})

/** A call that the wallet did not cover. */
export const refusedCall = (changes: Partial<RefusedCall> = {}): RefusedCall => ({
  requestId: 'req_2',
  integration: 'anthropic',
  headers: {},
  receivedAt: 1_000_000,
  endedAt: 1_000_002,
  progress: new CallProgress(() => 0),
  status: 402,
  code: 'balance_exhausted',
  ...changes,
})
