import type { Settlement } from '../../store/records.ts'
import type { CallSubject } from '../outbox-entry.ts'

export const settlement = (attemptId: string, changes: Partial<Settlement> = {}): Settlement => ({
  attemptId,
  state: 'actual',
  reason: null,
  flags: ['split_mismatch'],
  walletNanos: 9_007_199_254_740_993n,
  spendNanos: 9_007_199_254_740_993n,
  listNanos: 7_505_999_378_950_827n,
  cacheSavingsNanos: -5n,
  lines: [{ meter: 'input', quantity: 3, rateUsd: '1', margin: '0.2', listNanos: 3_000n, chargeNanos: 3_600n }],
  quantities: { input: 3 },
  tokens: 3,
  reasoningTokens: null,
  servedModel: 'test-model',
  responseId: null,
  upstreamStatus: 200,
  ttfbMs: 1.5,
  durationMs: 2,
  ...changes,
})

export const subject: CallSubject = {
  requestId: 'req_test',
  tenantId: 'ten_test',
  keyId: 'key_test',
  appId: null,
  integration: 'anthropic',
  model: 'test-model',
}

export const draft = (attemptId: string, changes: Partial<Settlement> = {}) => ({
  kind: 'terminal' as const,
  settlement: settlement(attemptId, changes),
  subject,
})
