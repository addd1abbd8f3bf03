import { createRoute, z } from '@hono/zod-openapi'
import { createVendoError, microsFromNanos, nanosFromUsd } from '@vendo/contract'
import {
  balanceSchema,
  type SpendCapsResponse,
  spendCapsSchema,
  topUpRequestSchema,
  topUpResponseSchema,
} from '@vendo/contract/api'
import type { KeyRecord } from '../store/records.ts'
import type { ApiDependencies } from './api-dependencies.ts'
import type { Api } from './api-environment.ts'
import { balanceOf } from './balance-of.ts'
import { carryOut } from './carry-out.ts'
import { findKey } from './find-key.ts'
import { jsonBody } from './json-body.ts'
import { onlyOnce } from './only-once.ts'
import { billingScopes, operatorScopes, requireKey } from './require-key.ts'
import {
  anyKeySecurity,
  idempotencyHeaders,
  json,
  jsonRequest,
  managementSecurity,
  named,
  onceRefusals,
  refusals,
  tenantQuery,
} from './route-documentation.ts'
import { selectTenant } from './select-tenant.ts'
import { usdAmount } from './usd-amount.ts'

const balance = named('Balance', balanceSchema)

const balanceRoute = createRoute({
  method: 'get',
  path: '/api/billing/balance',
  tags: ['billing'],
  summary: "The wallet of the calling key's tenant",
  security: anyKeySecurity,
  middleware: requireKey('connection', ...billingScopes),
  request: { query: z.strictObject({ tenant: tenantQuery }) },
  responses: { 200: json('The balance.', balance), ...refusals('validation_failed', 'not_found') },
})

const spendCapsRoute = createRoute({
  method: 'get',
  path: '/api/billing/spend-caps',
  tags: ['billing'],
  summary: 'The spend caps of a key and what is used of them',
  security: anyKeySecurity,
  middleware: requireKey(...billingScopes),
  request: {
    query: z.strictObject({
      key_id: z.string().optional().openapi({ description: 'For management keys: the key. An app key shows its own.' }),
    }),
  },
  responses: {
    200: json('Micro-USD; null = no cap.', named('SpendCaps', spendCapsSchema)),
    ...refusals('validation_failed', 'not_found'),
  },
})

const topUpRoute = createRoute({
  method: 'post',
  path: '/api/billing/topups',
  tags: ['billing'],
  summary: "Add credit to a tenant's wallet",
  description: 'Send an `Idempotency-Key`, so that a repeated request adds the money once.',
  security: managementSecurity,
  middleware: [requireKey(...operatorScopes), jsonBody(), onlyOnce()] as const,
  request: {
    query: z.strictObject({ tenant: tenantQuery }),
    headers: idempotencyHeaders,
    body: jsonRequest(named('TopUpRequest', topUpRequestSchema)),
  },
  responses: {
    201: json('The credit was added, now or by the earlier request.', named('TopUp', topUpResponseSchema)),
    ...refusals(...onceRefusals, 'not_found'),
  },
})

/** Adds the wallet: what is left, what a key may spend, and credit. */
export const addWalletRoutes = (api: Api, dependencies: ApiDependencies): void => {
  const { store, newId, onWalletChange } = dependencies
  api.openapi(balanceRoute, async (context) => {
    const tenantId = await selectTenant(store, context.var.caller.key, context.req.valid('query').tenant)
    return context.json(await balanceOf(dependencies, tenantId), 200)
  })
  api.openapi(spendCapsRoute, async (context) => {
    const key = await cappedKey(dependencies, context.var.caller.key, context.req.valid('query').key_id)
    return context.json(await spendCapsOf(dependencies, key), 200)
  })
  api.openapi(topUpRoute, async (context) => {
    const { amount_usd, note } = context.req.valid('json')
    const amountNanos = usdAmount(amount_usd, 'body `amount_usd`')
    if (amountNanos === 0n) {
      throw createVendoError('body `amount_usd`: must be more than 0', { code: 'validation_failed' })
    }
    const tenantId = await selectTenant(store, context.var.caller.key, context.req.valid('query').tenant)
    const id = newId('topup')
    const effects = [
      { name: 'topUp', parameter: { id, tenantId, amountNanos, note: note ?? '', idempotencyKey: null } },
    ] as const
    const balance = await balanceOf(dependencies, tenantId, amountNanos)
    const answer = { id, amount_nanos: String(amountNanos), balance }
    await carryOut(context, store, { effects, answer: { status: 201, body: answer } })
    onWalletChange?.(tenantId)
    return context.json(answer, 201)
  })
}

const cappedKey = async (
  { store }: ApiDependencies,
  caller: KeyRecord,
  keyId: string | undefined,
): Promise<KeyRecord> => {
  if (caller.kind === 'management') {
    if (keyId !== undefined) return await findKey(store, caller, keyId)
    throw createVendoError('query parameter `key_id`: a management key has no caps, so name the key', {
      code: 'validation_failed',
    })
  }
  if (keyId === undefined || keyId === caller.id) return caller
  throw createVendoError('An app key sees its own caps only.', { code: 'key_scope' })
}

const spendCapsOf = async ({ store }: ApiDependencies, { id, limits }: KeyRecord): Promise<SpendCapsResponse> => {
  const { dayNanos, monthNanos, totalNanos } = await store.keySpend(id)
  return {
    daily_micros: capMicros(limits.spend_day_usd),
    monthly_micros: capMicros(limits.spend_month_usd),
    total_micros: capMicros(limits.spend_total_usd),
    used_today_micros: microsFromNanos(dayNanos),
    used_month_micros: microsFromNanos(monthNanos),
    used_total_micros: microsFromNanos(totalNanos),
    used_today_nanos: String(dayNanos),
    used_month_nanos: String(monthNanos),
    used_total_nanos: String(totalNanos),
  }
}

const capMicros = (usd: string | undefined): number | null =>
  usd === undefined ? null : microsFromNanos(nanosFromUsd(usd))
