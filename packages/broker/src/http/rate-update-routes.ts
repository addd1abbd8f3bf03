import { createRoute } from '@hono/zod-openapi'
import { type RateUpdateResponse, rateUpdateRequestSchema, rateUpdateSchema } from '@vendo/contract/api'
import { rateTables as catalogTables } from '@vendo/integrations/rates'
import type { ApiDependencies } from './api-dependencies.ts'
import type { Api } from './api-environment.ts'
import { carryOut } from './carry-out.ts'
import { jsonBody } from './json-body.ts'
import { onlyOnce } from './only-once.ts'
import { planRates, type RateChange } from './rate-lists/plan-rates.ts'
import { readRateList } from './rate-lists/read-rate-list.ts'
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

/** LiteLLM's map has some thousand models, and its text stands inside the JSON of the request. */
const maxListBytes = 33_554_432

const updateRoute = createRoute({
  method: 'post',
  path: '/api/rates/update',
  tags: ['prices'],
  summary: 'Take over a published list of prices, or tell what it would change (operator keys)',
  description:
    "OpenRouter's `GET /api/v1/models`, LiteLLM's price map or models.dev's `api.json`. Rows that cannot be taken over are named; meters that only the present rates have are kept.",
  security: managementSecurity,
  middleware: [requireKey(...operatorScopes), jsonBody(maxListBytes), onlyOnce()] as const,
  request: { headers: idempotencyHeaders, body: jsonRequest(rateUpdateRequestSchema) },
  responses: {
    200: json('What changes, and what was passed over.', named('RateUpdate', rateUpdateSchema)),
    ...refusals(...onceRefusals),
  },
})

/** Adds the update of rates from a list. */
export const addRateUpdateRoutes = (api: Api, dependencies: ApiDependencies): void => {
  const { store, clock, onDirectoryChange, rateTables = catalogTables } = dependencies
  api.openapi(updateRoute, async (context) => {
    const { text, format, source, apply } = context.req.valid('json')
    const list = readRateList(text, format)
    const overrides = await store.listRateOverrides()
    const plan = planRates({ list, tables: rateTables, overrides, source, at: clock() })
    const answer: RateUpdateResponse = {
      applied: apply,
      format: list.format,
      changes: plan.changes.map(changeResponse),
      unchanged: plan.unchanged,
      skipped: plan.skipped.map((row) => ({ ...row })),
      ignored: { ...list.ignored },
      elsewhere: list.elsewhere,
    }
    if (!apply) return context.json(answer, 200)
    const effects = [{ name: 'addRateOverrides', parameter: plan.changes.map(({ override }) => override) }] as const
    await carryOut(context, store, { effects, answer: { status: 200, body: answer } })
    if (plan.changes.length > 0) onDirectoryChange()
    return context.json(answer, 200)
  })
}

const changeResponse = ({ override, before }: RateChange): RateUpdateResponse['changes'][number] => ({
  integration: override.integration,
  model: override.model,
  before: before === undefined ? null : { ...before },
  rates: Object.fromEntries(Object.entries(override.usd)),
})
