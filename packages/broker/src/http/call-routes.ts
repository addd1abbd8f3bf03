import { createRoute, z } from '@hono/zod-openapi'
import { type CallResponse, callsSchema, instantSchema } from '@vendo/contract/api'
import type { CallRecord } from '../store/records.ts'
import type { ApiDependencies } from './api-dependencies.ts'
import type { Api } from './api-environment.ts'
import { callFilter } from './call-filter.ts'
import { instantOf, instantOrNull } from './instant.ts'
import { billingScopes, requireKey } from './require-key.ts'
import { anyKeySecurity, json, named, refusals, tenantQuery } from './route-documentation.ts'
import { seesListPrices } from './sees-list-prices.ts'
import { selectTenant } from './select-tenant.ts'

const mostCalls = 500

const callsRoute = createRoute({
  method: 'get',
  path: '/api/calls',
  tags: ['billing'],
  summary: 'Every attempt with its bill, oldest first',
  description:
    "An app key sees its own calls. List prices, rates and margins of calls on an operator's credential are null for a tenant's own keys, unless the tenant is transparent. `next` of one page goes into `after` of the following one.",
  security: anyKeySecurity,
  middleware: requireKey(...billingScopes),
  request: {
    query: z.strictObject({
      key_id: z.string().optional(),
      app_id: z.string().optional(),
      since: instantSchema.optional(),
      after: z.string().min(1).optional(),
      limit: z.coerce.number().int().min(1).max(mostCalls).default(100),
      tenant: tenantQuery,
    }),
  },
  responses: {
    200: json('One page.', named('Calls', callsSchema)),
    ...refusals('validation_failed', 'not_found'),
  },
})

/** Adds the list of calls. */
export const addCallRoutes = (api: Api, { store }: ApiDependencies): void => {
  api.openapi(callsRoute, async (context) => {
    const { tenant, since, after, limit, ...wanted } = context.req.valid('query')
    const { key } = context.var.caller
    const tenantId = await selectTenant(store, key, tenant)
    const seesAll = await seesListPrices(store, key, tenantId)
    const calls = await store.listCalls({
      tenantId,
      ...callFilter(key, wanted),
      ...(since === undefined ? {} : { since: Date.parse(since) }),
      ...(after === undefined ? {} : { after }),
      // One more than shown tells whether there is another page.
      limit: limit + 1,
    })
    const page = calls.slice(0, limit).map((call) => callResponse(call, seesAll || ranOnOwnKey(call)))
    return context.json({ calls: page, next: calls.length > limit ? (page.at(-1)?.id ?? null) : null }, 200)
  })
}

/** Its wallet paid nothing, and its caps counted it all the same. */
const ranOnOwnKey = ({ walletNanos, spendNanos }: CallRecord): boolean => walletNanos === 0n && spendNanos > 0n

const callResponse = (call: CallRecord, showsList: boolean): CallResponse => ({
  id: call.attemptId,
  request_id: call.requestId,
  integration: call.integration,
  route: call.route,
  model: call.model,
  served_model: call.servedModel,
  key_id: call.keyId,
  app_id: call.appId,
  connection_id: call.connectionId,
  state: call.state,
  reason: call.reason,
  flags: [...call.flags],
  admitted_at: instantOf(call.admittedAt),
  settled_at: instantOrNull(call.settledAt),
  upstream_status: call.upstreamStatus,
  streamed: call.streamed,
  ttfb_ms: call.ttfbMs,
  duration_ms: call.durationMs,
  hold_nanos: String(call.holdNanos),
  list_nanos: showsList ? String(call.listNanos) : null,
  charge_nanos: String(call.walletNanos),
  cache_savings_nanos: showsList ? String(call.cacheSavingsNanos) : null,
  reasoning_tokens: call.reasoningTokens,
  quantities: { ...call.quantities },
  lines: call.lines.map((line) => ({
    meter: line.meter,
    quantity: line.quantity,
    rate_usd: showsList ? line.rateUsd : null,
    margin: showsList ? line.margin : null,
    list_nanos: showsList ? String(line.listNanos) : null,
    charge_nanos: String(line.chargeNanos),
  })),
})
