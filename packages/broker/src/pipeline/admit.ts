import { createVendoError, type WireFormatName } from '@vendo/contract'
import type { Route } from '@vendo/integrations/providers'
import type { ModelRates } from '@vendo/integrations/rates'
import type { RequestFacts, ServerTool } from '@vendo/wire'
import { type Bound, boundRequest } from '../meter/bound.ts'
import { unboundedAdvice } from '../meter/unbounded-advice.ts'
import { noRates, unpricedBound } from '../meter/unpriced-bound.ts'
import { flagsOfNotUnderstood, leavesModelToPrompt, modelUnnamed, modelUnpriced } from './admission-policy.ts'
import { assertNoPrefix } from './assert-no-prefix.ts'
import { matchGlob } from './match-glob.ts'
import type { Payer } from './payer.ts'
import type { Pricing } from './pricing.ts'
import { type MeteredBody, readMeteredBody } from './read-metered-body.ts'
import type { Address, Admission, Caller, MeteredRequest, Target } from './records.ts'

/** What one request is admitted from. */
export interface AdmitInput {
  readonly caller: Caller
  readonly target: Target
  readonly payer: Payer
  readonly route: Route
  readonly address: Pick<Address, 'path' | 'query'>
  readonly contentType: string | undefined
  readonly body: Uint8Array
  /** The body as it was read before, elsewhere; absent = it is read here. */
  readonly read?: MeteredBody
  readonly pricing: Pricing
  readonly now: number
}

/**
 * Works out what a request can cost at most, before anything is held.
 *
 * @throws {VendoError} `unsupported_encoding`, `validation_failed`, `model_not_allowed`, `model_unpriced` or `request_unbounded`.
 */
export const admit = (input: AdmitInput): Admission => {
  const { caller, target, payer, route, body } = input
  if (route.class === 'free' || route.wireFormat === undefined) {
    const free: Admission = { caller, target, payer, route, flags: [], body: body.length === 0 ? null : body }
    return input.read === undefined ? free : { ...free, references: input.read.references }
  }
  const { facts, outgoing, usageAdded } = input.read ?? readHere(input, route.wireFormat)
  const flags = flagsOfNotUnderstood(payer, facts.notUnderstood)
  const model = target.byok && leavesModelToPrompt(facts) ? null : requireModel(facts)
  assertModelsAllowed(caller, [model ?? '*', ...facts.fallbackModels, ...facts.serverTools.flatMap(modelsOf)])
  const price = priceOf(input, facts, model)
  return {
    caller,
    target,
    payer,
    route,
    flags: price.bound.unbounded === undefined ? flags : [...flags, 'unbounded'],
    body: outgoing,
    metered: { ...price, model, facts, usageAdded },
  }
}

const readHere = (input: AdmitInput, wireFormat: WireFormatName): MeteredBody => {
  assertReadable(input)
  const { asksForChatUsage } = input.target.provider
  return readMeteredBody({ bytes: input.body, wireFormat, path: input.address.path, asksForChatUsage })
}

/**
 * Refuses what need not be read at all.
 *
 * @throws {VendoError} `unsupported_encoding` or `validation_failed`.
 */
export const assertReadable = (input: Pick<AdmitInput, 'contentType' | 'target' | 'address'>): void => {
  assertJson(input.contentType)
  assertQuery(input)
}

type Price = Pick<MeteredRequest, 'rates' | 'bound' | 'priceKnown'>

/** Rates and bound; on an own credential without a cap a call whose price is unknown passes without either. */
const priceOf = (input: AdmitInput, facts: RequestFacts, model: string | null): Price => {
  const { payer, target } = input
  const rates = model === null ? undefined : findRates(input, model)
  const alternatives = facts.fallbackModels.map((name) => findRates(input, name) ?? name)
  const unknown = rates === undefined ? model : alternatives.find((found) => typeof found === 'string')
  if (rates !== undefined && unknown === undefined) {
    const bound = boundOf(input, facts, {
      rates,
      alternatives: alternatives.filter((found) => typeof found !== 'string'),
    })
    if (bound.ok) return { rates, bound, priceKnown: true }
    if (bound.code !== 'model_unpriced' || payer !== 'own_uncapped') {
      throw createVendoError(bound.message, {
        code: bound.code,
        slug: target.provider.slug,
        ...(bound.tool !== undefined && { suggestedFix: adviceFor(input, bound.tool) }),
      })
    }
  } else if (payer !== 'own_uncapped') {
    throw unknown === null ? modelUnnamed(target) : modelUnpriced(input, unknown ?? '')
  }
  return { rates: rates ?? noRates(model ?? ''), bound: unpricedBound(facts), priceKnown: false }
}

const assertJson = (contentType: string | undefined): void => {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((piece) => piece.trim().toLowerCase())
  if (type === 'application/json' && parameters.every(isUtf8OrOther)) return
  throw createVendoError(
    type === ''
      ? 'The request has no Content-Type.'
      : `The request has Content-Type ${(contentType ?? '').slice(0, 60)}.`,
    { code: 'unsupported_encoding', suggestedFix: 'Send JSON in UTF-8, with `Content-Type: application/json`.' },
  )
}

/** What reads the body in another encoding than the broker does finds other members in it. */
const isUtf8OrOther = (parameter: string): boolean =>
  !parameter.startsWith('charset') || /^charset\s*=\s*(?:utf-?8|"utf-?8")$/.test(parameter)

const assertQuery = ({ target, address }: Pick<AdmitInput, 'target' | 'address'>): void => {
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

type RatesInput = Pick<AdmitInput, 'caller' | 'target' | 'payer' | 'pricing' | 'now'>

/**
 * The rates of a model at the instant of admission.
 *
 * @throws {VendoError} `not_supported` for a model that is named with its provider.
 */
export const findRates = (
  { pricing, target, now }: Pick<RatesInput, 'pricing' | 'target' | 'now'>,
  model: string,
): ModelRates | undefined => {
  const rates = pricing.rateBook.find({ integration: target.provider.slug, model, at: now })
  if (rates === undefined) assertNoPrefix(model, target.provider)
  return rates
}

/** @throws {VendoError} `model_unpriced`; `not_supported` for a model that is named with its provider. */
export const requireRates = (input: RatesInput, model: string): ModelRates => {
  const rates = findRates(input, model)
  if (rates === undefined) throw modelUnpriced(input, model)
  return rates
}

const boundOf = (
  input: AdmitInput,
  facts: RequestFacts,
  { rates, alternatives }: { readonly rates: ModelRates; readonly alternatives: readonly ModelRates[] },
): Bound => {
  const { caller, target, payer, pricing, now } = input
  return boundRequest({
    facts,
    rates,
    alternatives,
    modelRates: (model) => findRates(input, model),
    bound: target.provider.bound,
    at: now,
    marginOf: pricing.marginOf({ tenantId: caller.tenantId, integration: target.provider.slug, model: rates, at: now }),
    allowUnbounded: caller.key.limits.allow_unbounded === true,
    admitUnbounded: payer === 'own_capped' || payer === 'own_uncapped',
  })
}

const adviceFor = ({ route, target }: AdmitInput, tool: ServerTool): string | undefined =>
  route.wireFormat === undefined
    ? undefined
    : unboundedAdvice({
        ...{ tool, wireFormat: route.wireFormat, slug: target.provider.slug },
        constants: target.provider.bound,
      })

const quote = (name: string): string => JSON.stringify(name.slice(0, 100))
