import { createRoute, z } from '@hono/zod-openapi'
import { createVendoError, type Meter } from '@vendo/contract'
import { instantSchema, openRouterModelsSchema, type PutRateBody, putRateSchema } from '@vendo/contract/api'
import { findIntegration } from '@vendo/integrations'
import { findProvider } from '@vendo/integrations/providers'
import type { EpochMs, RateOverride } from '../store/records.ts'
import type { ApiDependencies } from './api-dependencies.ts'
import type { Api } from './api-environment.ts'
import { assertAtMost, parseMeter } from './bounded-decimal.ts'
import { changedRates, latestRates } from './changed-rates.ts'
import { instantOf } from './instant.ts'
import { jsonBody } from './json-body.ts'
import { openRouterRates } from './openrouter-rates.ts'
import { managementScopes, operatorScopes, requireKey } from './require-key.ts'
import { bodyRefusals, json, jsonRequest, managementSecurity, named, refusals } from './route-documentation.ts'

/** OpenRouter's list of some hundred models with their descriptions outgrows the usual limit. */
const mostImportBytes = 8_388_608
/** USD per million tokens, or per use: above any price there is, and small enough for every product with a token count. */
const mostRate = 1_000_000n

const params = z.object({ slug: z.string() })
const rate = named('Rate', putRateSchema.extend({ source: z.string(), effective_from: instantSchema }))
const importReportSchema = z.object({
  imported: z.int(),
  unchanged: z.int(),
  skipped: z.array(z.object({ model: z.string(), reason: z.string() })),
  ignored: z.record(z.string(), z.int()),
})

const importRoute = createRoute({
  method: 'post',
  path: '/api/rates/openrouter/import',
  tags: ['prices'],
  summary: "Take over OpenRouter's own prices (operator keys)",
  description: "The body is that of OpenRouter's `GET /api/v1/models`. Rates that did not change are left alone.",
  security: managementSecurity,
  middleware: [requireKey(...operatorScopes), jsonBody(mostImportBytes)] as const,
  request: { body: jsonRequest(named('OpenRouterModels', openRouterModelsSchema)) },
  responses: {
    200: json('What was imported, skipped and ignored.', named('RateImport', importReportSchema)),
    ...refusals(...bodyRefusals),
  },
})

const putRateRoute = createRoute({
  method: 'put',
  path: '/api/rates/{slug}',
  tags: ['prices'],
  summary: "Set one model's rates from now on (operator keys)",
  description: 'USD per million tokens, or per use. Earlier calls keep the rates of their admission.',
  security: managementSecurity,
  middleware: [requireKey(...operatorScopes), jsonBody()] as const,
  request: { params, body: jsonRequest(putRateSchema) },
  responses: { 200: json('The rates.', rate), ...refusals(...bodyRefusals, 'provider_unknown') },
})

const listRatesRoute = createRoute({
  method: 'get',
  path: '/api/rates/{slug}',
  tags: ['prices'],
  summary: 'The rates that an operator set for an integration',
  security: managementSecurity,
  middleware: requireKey(...managementScopes),
  request: { params },
  responses: {
    200: json('The newest of each model.', z.object({ rates: z.array(rate) })),
    ...refusals('validation_failed', 'provider_unknown'),
  },
})

/** Adds the operator's own rates. */
export const addRateRoutes = (api: Api, { store, clock, onDirectoryChange }: ApiDependencies): void => {
  const add = async (overrides: readonly RateOverride[]): Promise<void> => {
    if (overrides.length === 0) return
    await store.addRateOverrides(overrides)
    onDirectoryChange()
  }
  api.openapi(importRoute, async (context) => {
    const { overrides, skipped, ignored } = openRouterRates(context.req.valid('json'), clock())
    const changed = changedRates(overrides, await store.listRateOverrides())
    await add(changed)
    const unchanged = overrides.length - changed.length
    return context.json({ imported: changed.length, unchanged, skipped: [...skipped], ignored: { ...ignored } }, 200)
  })
  api.openapi(putRateRoute, async (context) => {
    const slug = assertProxied(context.req.valid('param').slug)
    const override = overrideOf(slug, context.req.valid('json'), clock())
    await add([override])
    return context.json(rateResponse(override), 200)
  })
  api.openapi(listRatesRoute, async (context) => {
    const slug = assertProxied(context.req.valid('param').slug)
    const overrides = (await store.listRateOverrides()).filter(({ integration }) => integration === slug)
    return context.json({ rates: latestRates(overrides).map(rateResponse) }, 200)
  })
}

const assertProxied = (name: string): string => {
  const { slug } = findIntegration(name)
  if (findProvider(slug) !== undefined) return slug
  throw createVendoError(`The broker does not proxy ${slug}, so it has no rates.`, { code: 'provider_unknown', slug })
}

const overrideOf = (integration: string, body: PutRateBody, effectiveFrom: EpochMs): RateOverride => {
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
