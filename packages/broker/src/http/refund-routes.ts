import { createRoute, z } from '@hono/zod-openapi'
import { createVendoError } from '@vendo/contract'
import { refundRequestSchema, refundResponseSchema } from '@vendo/contract/api'
import { refundAmounts } from '../store/ledger/refund.ts'
import type { ApiDependencies } from './api-dependencies.ts'
import type { Api } from './api-environment.ts'
import { carryOut } from './carry-out.ts'
import { jsonBody } from './json-body.ts'
import { onlyOnce } from './only-once.ts'
import { operatorScopes, requireKey } from './require-key.ts'
import {
  idempotencyHeaders,
  json,
  jsonRequest,
  managementSecurity,
  named,
  onceRefusals,
  refusals,
} from './route-documentation.ts'
import { usdAmount } from './usd-amount.ts'

const refundRoute = createRoute({
  method: 'post',
  path: '/api/calls/{id}/refund',
  tags: ['billing'],
  summary: 'Give back what an estimate charged (operator keys)',
  description:
    "For calls whose usage is not known, orphans among them; what was measured stays. It is the call's one correction: the wallet and the caps of the call's windows move by it, and bills show it with the flag `refunded`. A call that has its correction is refused with `idempotency_conflict`.",
  security: managementSecurity,
  middleware: [requireKey(...operatorScopes), jsonBody(), onlyOnce()] as const,
  request: {
    params: z.object({ id: z.string() }),
    headers: idempotencyHeaders,
    body: jsonRequest(named('RefundRequest', refundRequestSchema)),
  },
  responses: {
    200: json('What was given back, and what the call charges now.', named('Refund', refundResponseSchema)),
    ...refusals(...onceRefusals, 'not_found'),
  },
})

/** Adds refunds. */
export const addRefundRoutes = (api: Api, { store, onWalletChange }: ApiDependencies): void => {
  api.openapi(refundRoute, async (context) => {
    const { amount_usd, reason } = context.req.valid('json')
    const amountNanos = amount_usd === undefined ? null : usdAmount(amount_usd, 'body `amount_usd`')
    const call = await store.getCall(context.req.valid('param').id)
    if (call === null) throw createVendoError('There is no such call.', { code: 'not_found' })
    const { attemptId, tenantId } = call
    const { walletNanos, spendNanos } = refundAmounts(call, amountNanos)
    const answer = {
      call_id: attemptId,
      refunded_nanos: String(walletNanos),
      uncapped_nanos: String(spendNanos),
      charge_nanos: String(call.walletNanos - walletNanos),
    }
    const parameter = { attemptId, amountNanos, reason, authorKeyId: context.var.caller.key.id }
    await carryOut(context, store, {
      effects: [{ name: 'refund', parameter }],
      answer: { status: 200, body: answer },
    })
    onWalletChange?.(tenantId)
    return context.json(answer, 200)
  })
}
