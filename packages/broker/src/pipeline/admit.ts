import { createVendoError } from '@vendo/contract'
import type { Route } from '@vendo/integrations/providers'
import type { ModelRates } from '@vendo/integrations/rates'
import { type RequestFacts, readRequestFacts, type ServerTool, spliceIncludeUsage } from '@vendo/wire'
import { boundRequest } from '../meter/bound.ts'
import { assertNoPrefix } from './assert-no-prefix.ts'
import { matchGlob } from './match-glob.ts'
import { parseJsonBody } from './parse-json-body.ts'
import type { Pricing } from './pricing.ts'
import type { Address, Admission, Caller, ChargeableBound, Target } from './records.ts'

/** What one request is admitted from. */
export interface AdmitInput {
  readonly caller: Caller
  readonly target: Target
  readonly route: Route
  readonly address: Pick<Address, 'path' | 'query'>
  readonly contentType: string | undefined
  readonly body: Uint8Array
  readonly pricing: Pricing
  readonly now: number
}

/**
 * Works out what a request can cost at most, before anything is held.
 *
 * @throws {VendoError} `unsupported_encoding`, `validation_failed`, `model_not_allowed`, `model_unpriced` or `request_unbounded`.
 */
export const admit = (input: AdmitInput): Admission => {
  const { caller, target, route, address, body } = input
  if (route.class === 'free' || route.wireFormat === undefined) {
    return { caller, target, route, body: body.length === 0 ? null : body }
  }
  assertJson(input.contentType)
  assertQuery(input)
  const facts = readRequestFacts(route.wireFormat, parseJsonBody(body), body.length, { path: address.path })
  const model = requireModel(facts)
  assertModelsAllowed(caller, [model, ...facts.fallbackModels, ...facts.serverTools.flatMap(modelsOf)])
  const rates = requireRates(input, model)
  const bound = requireBound(input, facts, rates)
  const spliced = asksOnBehalf(input, facts) ? spliceIncludeUsage(body) : undefined
  return {
    caller,
    target,
    route,
    body: spliced ?? body,
    metered: { model, facts, rates, bound, usageAdded: spliced !== undefined },
  }
}

const asksOnBehalf = ({ target, route }: AdmitInput, facts: RequestFacts): boolean =>
  target.provider.asksForChatUsage && route.wireFormat === 'openai-chat' && facts.stream && !facts.asksForUsage

const assertJson = (contentType: string | undefined): void => {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (type === 'application/json' || type.endsWith('+json')) return
  throw createVendoError(
    type === '' ? 'The request has no Content-Type.' : `The request has Content-Type ${type.slice(0, 60)}.`,
    { code: 'unsupported_encoding', suggestedFix: 'Send `Content-Type: application/json`.' },
  )
}

const assertQuery = ({ target, address }: AdmitInput): void => {
  const { meteredQuery, slug } = target.provider
  if (meteredQuery === undefined) return
  for (const [name, value] of new URLSearchParams(address.query)) {
    const allowed = Object.hasOwn(meteredQuery, name) ? meteredQuery[name] : undefined
    if (allowed !== undefined && (allowed.length === 0 || allowed.includes(value))) continue
    throw createVendoError(`Vendo does not forward the query parameter ${quote(name)} with this value to ${slug}.`, {
      code: 'validation_failed',
      slug,
    })
  }
}

/** @throws {VendoError} `validation_failed` */
export const requireModel = ({ model }: Pick<RequestFacts, 'model'>): string => {
  if (model !== undefined && model.trim() !== '') return model
  throw createVendoError('The request names no model.', {
    code: 'validation_failed',
    suggestedFix: 'Set `model` to a string.',
  })
}

/** A tool that may call any model is only for keys that may use every model. */
const modelsOf = ({ models = [], anyModel }: ServerTool): readonly string[] =>
  anyModel === true ? [...models, '*'] : models

/** @throws {VendoError} `model_not_allowed` */
export const assertModelsAllowed = ({ key }: Caller, models: readonly string[]): void => {
  const globs = key.limits.models
  if (globs === undefined) return
  const refused = models.find((model) => !globs.some((glob) => matchGlob(glob, model)))
  if (refused === undefined) return
  throw createVendoError(`This key may not use the model ${quote(refused)}.`, { code: 'model_not_allowed' })
}

/** @throws {VendoError} `model_unpriced`; `not_supported` for a model that is named with its provider. */
export const requireRates = (
  { pricing, target, now }: Pick<AdmitInput, 'pricing' | 'target' | 'now'>,
  model: string,
): ModelRates => {
  const rates = pricing.rateBook.find({ integration: target.provider.slug, model, at: now })
  if (rates !== undefined) return rates
  assertNoPrefix(model, target.provider)
  throw createVendoError(`There is no rate for the model ${quote(model)} of ${target.provider.slug}.`, {
    code: 'model_unpriced',
    slug: target.provider.slug,
  })
}

const requireBound = (input: AdmitInput, facts: RequestFacts, rates: ModelRates): ChargeableBound => {
  const { caller, target, pricing, now } = input
  const integration = target.provider.slug
  const bound = boundRequest({
    facts,
    rates,
    alternatives: facts.fallbackModels.map((model) => requireRates(input, model)),
    modelRates: (model) => pricing.rateBook.find({ integration, model, at: now }),
    bound: target.provider.bound,
    at: now,
    marginOf: pricing.marginOf(caller.tenantId, integration),
    allowUnbounded: caller.key.limits.allow_unbounded === true,
  })
  if (bound.ok) return bound
  throw createVendoError(bound.message, { code: bound.code, slug: integration })
}

const quote = (name: string): string => JSON.stringify(name.slice(0, 100))
