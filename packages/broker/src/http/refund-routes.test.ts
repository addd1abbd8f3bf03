import { callsSchema, errorBodySchema, refundResponseSchema, usageSchema } from '@vendo/contract/api'
import { beforeEach, describe, expect, it } from 'vitest'
import { type ApiFixture, createApiFixture, settleCall } from './test/api-fixture.ts'

let fixture: ApiFixture
let wallets: string[]

beforeEach(async () => {
  wallets = []
  fixture = await createApiFixture({ onWalletChange: (tenantId) => wallets.push(tenantId) })
  const { store, a } = fixture
  await store.topUp({ id: 'topup_seed', tenantId: a.id, amountNanos: 1_000_000n, note: '', idempotencyKey: null })
  await settleCall(store, a.app, { connectionId: a.connectionId, attemptId: 'measured' })
  await settleCall(store, a.app, {
    ...{ connectionId: a.connectionId, attemptId: 'guessed', chargeNanos: 5_000n },
    ending: { state: 'estimated', reason: 'orphaned', flags: ['orphaned'], lines: [] },
  })
})

const refund = (id: string, body: unknown = { reason: 'provider outage' }) =>
  fixture.call(fixture.operator.key, `POST /api/calls/${id}/refund`, body)

const walletOf = async () => (await fixture.store.balance(fixture.a.id)).availableNanos

describe('POST /api/calls/{id}/refund', () => {
  it('gives everything back, in the wallet, in the call and in the bill', async () => {
    const { call, a } = fixture
    const answer = await refund('guessed')
    expect([answer.status, refundResponseSchema.parse(answer.body)]).toEqual([
      200,
      { call_id: 'guessed', refunded_nanos: '5000', uncapped_nanos: '5000', charge_nanos: '0' },
    ])
    expect([await walletOf(), wallets]).toEqual([1_000_000n - 1_200n, [a.id]])
    const { calls } = callsSchema.parse((await call(a.app.key, 'GET /api/calls')).body)
    expect(calls.find(({ id }) => id === 'guessed')).toMatchObject({
      ...{ state: 'estimated', reason: 'orphaned', flags: ['orphaned', 'refunded'], charge_nanos: '0' },
    })
    const usage = usageSchema.parse((await call(a.app.key, 'GET /api/billing/usage')).body)
    expect(usage.total).toMatchObject({ calls: 2, charge_nanos: '1200' })
  })

  it('gives a part back', async () => {
    const answer = await refund('guessed', { amount_usd: '0.000002', reason: 'half of it' })
    expect(answer.body).toMatchObject({ refunded_nanos: '2000', charge_nanos: '3000' })
    expect(await walletOf()).toBe(1_000_000n - 1_200n - 3_000n)
  })

  it('happens once', async () => {
    await refund('guessed', { amount_usd: '0.000001', reason: 'first' })
    const again = await refund('guessed')
    expect([again.status, again.headers.get('vendo-error-code')]).toEqual([409, 'idempotency_conflict'])
    expect(errorBodySchema.parse(again.body).error.message).toContain('one correction already')
    expect(await walletOf()).toBe(1_000_000n - 1_200n - 4_000n)
  })

  it.each([
    ['a call that does not exist', 'none', {}, '404 not_found', 'call'],
    ['a call that was measured', 'measured', {}, '400 validation_failed', 'measured'],
    ['more than it charged', 'guessed', { amount_usd: '0.000006' }, '400 validation_failed', '$0.000005'],
    ['nothing', 'guessed', { amount_usd: '0' }, '400 validation_failed', 'nothing'],
    ['no reason', 'guessed', { reason: ' ' }, '400 validation_failed', 'reason'],
    ['no money', 'guessed', { amount_usd: '-1' }, '400 validation_failed', 'amount_usd'],
  ])('refuses %s', async (_rule, id, change, refusal, named) => {
    const answer = await refund(id, { reason: 'test', ...change })
    expect(`${answer.status} ${answer.headers.get('vendo-error-code')}`).toBe(refusal)
    expect(errorBodySchema.parse(answer.body).error.message).toContain(named)
    expect(wallets).toEqual([])
  })
})
