import { createRoute, z } from '@hono/zod-openapi'
import { createVendoError, type Meter } from '@vendo/contract'
import {
  openRouterModelsSchema,
  type PutRateBody,
  putRateSchema,
  rateImportSchema,
  rateSchema,
  ratesSchema,
} from '@vendo/contract/api'
import { findIntegration } from '@vendo/integrations'
import { findProvider } from '@vendo/integrations/providers'
import { rateTables as catalogTables } from '@vendo/integrations/rates'
import type { EpochMs, RateOverride } from '../store/records.ts'
import type { ApiDependencies } from './api-dependencies.ts'
import type { Api } from './api-environment.ts'
import { assertAtMost, parseMeter } from './bounded-decimal.ts'
import { carryOut } from './carry-out.ts'
import { changedRates, ratesFrom } from './changed-rates.ts'
import { instantOf } from './instant.ts'
import { jsonBody } from './json-body.ts'
import { listedModel } from './listed-model.ts'
import { onlyOnce } from './only-once.ts'
import { openRouterRates } from './openrouter-rates.ts'
import { managementScopes, operatorScopes, requireKey } from './require-key.ts'
import {
  bodyRefusals,
  idempotencyHeaders,
  json,
  jsonRequest,
  managementSecurity,
  named,
  onceRefusals,
  refusals,
} from './route-documentation.ts'

/** OpenRouter's list of some hundred models with their descriptions outgrows the usual limit. */
const mostImportBytes = 8_388_608
/** USD per million tokens, or per use: above any price there is, and small enough for every product with a token count. */
const mostRate = 1_000_000n

const params = z.object({ slug: z.string() })
const rate = named('Rate', rateSchema)

const importRoute = createRoute({
  method: 'post',
  path: '/api/rates/openrouter/import',
  tags: ['prices'],
  summary: "Take over OpenRouter's own prices (operator keys)",
  description: "The body is that of OpenRouter's `GET /api/v1/models`. Rates that did not change are left alone.",
  security: managementSecurity,
  middleware: [requireKey(...operatorScopes), jsonBody(mostImportBytes), onlyOnce()] as const,
  request: { headers: idempotencyHeaders, body: jsonRequest(named('OpenRouterModels', openRouterModelsSchema)) },
  responses: {
    200: json('What was imported, skipped and ignored.', named('RateImport', rateImportSchema)),
    ...refusals(...onceRefusals),
  },
})

const putRateRoute = createRoute({
  method: 'put',
  path: '/api/rates/{slug}',
  tags: ['prices'],
  summary: "Set one model's rates, from now on or from later (operator keys)",
  description:
    'USD per million tokens, per use, or per second of sound. `effective_from` is not in the past: earlier calls keep the rates of their admission. Every rate is kept.',
  security: managementSecurity,
  middleware: [requireKey(...operatorScopes), jsonBody()] as const,
  request: { params, body: jsonRequest(putRateSchema) },
  responses: { 200: json('The rates.', rate), ...refusals(...bodyRefusals, 'provider_unknown') },
})

const listRatesRoute = createRoute({
  method: 'get',
  path: '/api/rates/{slug}',
  tags: ['prices'],
  summary: 'The rates of an integration',
  description:
    'Those that an operator set, in effect now or later, which come first; and the price lists of the catalog.',
  security: managementSecurity,
  middleware: requireKey(...managementScopes),
  request: { params },
  responses: {
    200: json('The rates.', named('Rates', ratesSchema)),
    ...refusals('validation_failed', 'provider_unknown'),
  },
})

/** Adds the operator's own rates. */
export const addRateRoutes = (api: Api, dependencies: ApiDependencies): void => {
  const { store, clock, onDirectoryChange, rateTables = catalogTables } = dependencies
  api.openapi(importRoute, async (context) => {
    const now = clock()
    const { overrides, skipped, ignored } = openRouterRates(context.req.valid('json'), now)
    const changed = changedRates(overrides, await store.listRateOverrides(), now)
    const unchanged = overrides.length - changed.length
    const answer = { imported: changed.length, unchanged, skipped: [...skipped], ignored: { ...ignored } }
    const effects = [{ name: 'addRateOverrides', parameter: changed }] as const
    await carryOut(context, store, { effects, answer: { status: 200, body: answer } })
    if (changed.length > 0) onDirectoryChange()
    return context.json(answer, 200)
  })
  api.openapi(putRateRoute, async (context) => {
    const slug = assertProxied(context.req.valid('param').slug)
    const override = overrideOf(slug, context.req.valid('json'), clock())
    await store.addRateOverrides([override])
    onDirectoryChange()
    return context.json(rateResponse(override), 200)
  })
  api.openapi(listRatesRoute, async (context) => {
    const slug = assertProxied(context.req.valid('param').slug)
    const overrides = (await store.listRateOverrides()).filter(({ integration }) => integration === slug)
    const table = rateTables.find(({ provider }) => provider === slug)
    const rates = ratesFrom(overrides, clock()).map(rateResponse)
    return context.json({ rates, table: (table?.models ?? []).map(listedModel) }, 200)
  })
}

const assertProxied = (name: string): string => {
  const { slug } = findIntegration(name)
  if (findProvider(slug) !== undefined) return slug
  throw createVendoError(`The broker does not proxy ${slug}, so it has no rates.`, { code: 'provider_unknown', slug })
}

const overrideOf = (integration: string, body: PutRateBody, now: EpochMs): RateOverride => {
  const effectiveFrom = body.effective_from === undefined ? now : Date.parse(body.effective_from)
  if (effectiveFrom < now) {
    throw createVendoError('body `effective_from`: must not be in the past', { code: 'validation_failed' })
  }
  const usd: Partial<Record<Meter, string>> = {}
  for (const [name, price] of Object.entries(body.rates)) {
    const place = `body \`rates.${name.slice(0, 60)}\``
    assertAtMost(price, mostRate, place)
    usd[parseMeter(name, place)] = price
  }
  return {
    integration,
    model: body.model,
    contextWindow: body.context_window,
    maxOutput: body.max_output,
    usd,
    source: 'PUT /api/rates',
    effectiveFrom,
  }
}

const rateResponse = ({
  model,
  contextWindow,
  maxOutput,
  usd,
  source,
  effectiveFrom,
}: RateOverride): z.output<typeof rate> => ({
  model,
  context_window: contextWindow,
  max_output: maxOutput,
  rates: Object.fromEntries(Object.entries(usd)),
  source,
  effective_from: instantOf(effectiveFrom),
})
