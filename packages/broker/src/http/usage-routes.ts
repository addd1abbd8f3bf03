import { createRoute, z } from '@hono/zod-openapi'
import { type UsageResponse, usageSchema } from '@vendo/contract/api'
import type { EpochMs, UsageGroup } from '../store/records.ts'
import type { ApiDependencies } from './api-dependencies.ts'
import type { Api } from './api-environment.ts'
import { callFilter } from './call-filter.ts'
import { instantOrNull } from './instant.ts'
import { billingScopes, requireKey } from './require-key.ts'
import { anyKeySecurity, json, named, refusals, tenantQuery } from './route-documentation.ts'
import { seesListPrices } from './sees-list-prices.ts'
import { selectTenant } from './select-tenant.ts'

const usageRoute = createRoute({
  method: 'get',
  path: '/api/billing/usage',
  tags: ['billing'],
  summary: 'What calls consumed and cost, in groups',
  description:
    "An app key sees its own calls. Sums at list price are null for a tenant's own keys where anything was charged, unless the tenant is transparent. `day` and `month` are the running UTC ones.",
  security: anyKeySecurity,
  middleware: requireKey(...billingScopes),
  request: {
    query: z.strictObject({
      period: z.enum(['day', 'month', 'all']).default('month'),
      group_by: z.enum(['model', 'integration', 'key', 'app', 'day']).default('model'),
      key_id: z.string().optional(),
      app_id: z.string().optional(),
      tenant: tenantQuery,
    }),
  },
  responses: {
    200: json('The groups and their total.', named('Usage', usageSchema)),
    ...refusals('validation_failed', 'not_found'),
  },
})

/** Adds the summary of what calls cost. */
export const addUsageRoutes = (api: Api, { store, clock }: ApiDependencies): void => {
  api.openapi(usageRoute, async (context) => {
    const { period, group_by: groupBy, tenant, ...wanted } = context.req.valid('query')
    const { key } = context.var.caller
    const tenantId = await selectTenant(store, key, tenant)
    const from = startOf(period, clock())
    const groups = await store.summarizeUsage({
      tenantId,
      ...callFilter(key, wanted),
      ...(from === null ? {} : { since: from }),
      groupBy,
    })
    const seesAll = await seesListPrices(store, key, tenantId)
    const answer: UsageResponse = {
      period,
      from: instantOrNull(from),
      group_by: groupBy,
      groups: groups.map((group) => groupResponse(group, seesAll)),
      total: totalOf(groups, seesAll),
    }
    return context.json(answer, 200)
  })
}

const startOf = (period: UsageResponse['period'], now: EpochMs): EpochMs | null => {
  const date = new Date(now)
  if (period === 'all') return null
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), period === 'day' ? date.getUTCDate() : 1)
}

const groupResponse = (group: UsageGroup, seesAll: boolean): UsageResponse['groups'][number] => ({
  group: group.group,
  calls: group.calls,
  quantities: { ...group.quantities },
  ...nanosOf(group, seesAll),
})

const totalOf = (groups: readonly UsageGroup[], seesAll: boolean): UsageResponse['total'] => {
  let calls = 0
  const sums = { listNanos: 0n, chargeNanos: 0n, cacheSavingsNanos: 0n }
  for (const group of groups) {
    calls += group.calls
    sums.listNanos += group.listNanos
    sums.chargeNanos += group.chargeNanos
    sums.cacheSavingsNanos += group.cacheSavingsNanos
  }
  return { calls, ...nanosOf(sums, seesAll) }
}

type Sums = Pick<UsageGroup, 'listNanos' | 'chargeNanos' | 'cacheSavingsNanos'>

const nanosOf = ({ listNanos, chargeNanos, cacheSavingsNanos }: Sums, seesAll: boolean) => {
  // Where nothing was charged, everything ran on own credentials.
  const showsList = seesAll || chargeNanos === 0n
  return {
    list_nanos: showsList ? String(listNanos) : null,
    charge_nanos: String(chargeNanos),
    cache_savings_nanos: showsList ? String(cacheSavingsNanos) : null,
  }
}
