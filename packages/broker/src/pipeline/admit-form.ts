import type { IncomingMessage } from 'node:http'
import { createVendoError, type VendoError } from '@vendo/contract'
import type { SoundForm } from '@vendo/integrations/providers'
import type { ModelRates } from '@vendo/integrations/rates'
import { readBoundary, readRequestFacts } from '@vendo/wire'
import { boundSound, countsSoundTokens, pricesSound } from '../meter/bound-sound.ts'
import { type AdmitInput, assertModelsAllowed, requireModel, requireRates } from './admit.ts'
import { matchGlob } from './match-glob.ts'
import { assertUncompressed } from './read-body.ts'
import type { Admission, MeteredRequest, PendingForm } from './records.ts'

/** What a form is admitted from, before any of it is read. */
export interface AdmitFormInput extends Pick<AdmitInput, 'caller' | 'target' | 'payer' | 'route' | 'pricing' | 'now'> {
  readonly form: SoundForm
  readonly message: Pick<IncomingMessage, 'headers' | 'rawHeaders'>
  /** The operator's limit. */
  readonly mostUploadBytes: number
}

/** The fields that decide what a form costs. */
export const formFields: readonly string[] = ['model', 'response_format', 'stream']

/**
 * Admits a form whose fields come with its body, at the bound of the dearest model that the caller may use it with.
 *
 * @throws {VendoError} `unsupported_encoding`, `validation_failed`, `model_not_allowed` or `model_unpriced`.
 */
export const admitForm = (input: AdmitFormInput): Admission => {
  const { caller, target, payer, route, form, message } = input
  assertUncompressed(message)
  const boundary = requireBoundary(message)
  const mostBytes = Math.min(form.mostBytes, input.mostUploadBytes)
  const bytes = Number(message.headers['content-length'] ?? mostBytes)
  // Of what has no bytes no end can be kept back.
  if (bytes === 0)
    throw createVendoError('The request body is empty; a form is expected.', { code: 'validation_failed' })
  const sound = { ...input, bytes, models: usableModels(input) }
  const pending: PendingForm = {
    boundary,
    mostBytes,
    check: (fields) => void checkFields(sound, fields),
    admit: (fields) => meter(sound, [requireFields(sound, fields)], fields),
  }
  const metered = { ...meter(sound, sound.models, new Map()), model: null }
  return { caller, target, payer, route, flags: [], body: null, metered, form: pending }
}

interface SoundInput extends AdmitFormInput {
  /** As announced, else the most. */
  readonly bytes: number
  /** Those that the form may name. */
  readonly models: readonly ModelRates[]
}

const requireBoundary = ({ headers, rawHeaders }: AdmitFormInput['message']): string => {
  const type = headers['content-type'] ?? ''
  const boundary = readBoundary(type)
  const named = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type').length
  // Of two headers Node tells the first, and a provider may follow the second.
  if (boundary !== undefined && named === 1) return boundary
  throw createVendoError(
    type === '' ? 'The request has no Content-Type.' : 'The Content-Type names no form with one plain boundary.',
    {
      code: 'unsupported_encoding',
      suggestedFix: 'Send `Content-Type: multipart/form-data; boundary=…`, as the official SDKs do.',
    },
  )
}

/** Every model that the route serves, that has a price there, and that the key may use. */
const usableModels = ({ caller, target, route, form, pricing, now }: AdmitFormInput): readonly ModelRates[] => {
  const integration = target.provider.slug
  const priced = pricing.rateBook
    .list({ integration, at: now })
    .filter((rates) => namesOf(rates).some(isIn(form.models)) && pricesSound(rates, now))
  const globs = caller.key.limits.models
  if (globs === undefined) return priced
  // What a key allows may also be a name that is no entry of its own, such as a dated one.
  const found = globs.map((model) => pricing.rateBook.find({ integration, model, at: now }))
  const usable = priced.filter((rates) => namesOf(rates).some(isIn(globs)) || found.includes(rates))
  if (usable.length > 0) return usable
  throw createVendoError(`This key may not use any model of ${route.path}.`, { code: 'model_not_allowed' })
}

const namesOf = ({ model, aliases }: ModelRates): readonly string[] => [model, ...aliases]

const isIn =
  (globs: readonly string[]) =>
  (name: string): boolean =>
    globs.some((glob) => matchGlob(glob, name))

const meter = (
  { target, caller, route, form, pricing, now, bytes }: SoundInput,
  models: readonly ModelRates[],
  fields: ReadonlyMap<string, string>,
): MeteredRequest => {
  const [rates] = models
  if (route.wireFormat === undefined || rates === undefined) throw noRates(route.path, target.provider.slug)
  const bound = boundSound({
    models,
    bytes,
    leastBytesPerSecond: form.leastBytesPerSecond,
    at: now,
    marginOf: (model) =>
      pricing.marginOf({ tenantId: caller.tenantId, integration: target.provider.slug, model, at: now }),
  })
  const model = fields.get('model') ?? null
  const facts = readRequestFacts(route.wireFormat, { model, stream: asksForStream(fields) }, bytes)
  return { model, facts, rates, bound, usageAdded: false }
}

const noRates = (what: string, slug: string): VendoError =>
  createVendoError(`There is no rate for ${what} of ${slug}.`, { code: 'model_unpriced', slug })

const requireFields = (input: SoundInput, fields: ReadonlyMap<string, string>): ModelRates => {
  const model = requireModel({ model: fields.get('model') })
  assertTellsUsage(input, fields.get('response_format') ?? 'json')
  return requireUsable(input, model, fields)
}

const checkFields = (input: SoundInput, fields: ReadonlyMap<string, string>): void => {
  const format = fields.get('response_format')
  if (format !== undefined) assertTellsUsage(input, format)
  const model = fields.get('model')
  if (model !== undefined) requireUsable(input, requireModel({ model }), fields)
}

const requireUsable = (input: SoundInput, model: string, fields: ReadonlyMap<string, string>): ModelRates => {
  const { caller, target, route, models, now } = input
  assertModelsAllowed(caller, [model])
  const rates = requireRates(input, model)
  const named = JSON.stringify(model.slice(0, 100))
  if (!models.includes(rates)) throw noRates(`${route.path} with the model ${named}`, target.provider.slug)
  if (!asksForStream(fields) || countsSoundTokens(rates, now)) return rates
  throw createVendoError(`A stream of the model ${named} does not tell what it is billed by.`, {
    code: 'validation_failed',
    suggestedFix: 'Leave `stream` out, or use a model that is billed by the token.',
  })
}

/** What is billed must be told by the answer: plain text and subtitles tell nothing. */
const assertTellsUsage = ({ form: { responseFormats }, route }: SoundInput, format: string): void => {
  if (responseFormats.includes(format)) return
  const known = JSON.stringify(format.slice(0, 100))
  throw createVendoError(
    `An answer of ${route.path} in the response_format ${known} does not tell what it is billed by.`,
    {
      code: 'validation_failed',
      suggestedFix: `Set \`response_format\` to ${responseFormats.join(' or ')}.`,
    },
  )
}

/** Whatever is not certainly no. */
const asksForStream = (fields: ReadonlyMap<string, string>): boolean => {
  const value = fields.get('stream')
  return value !== undefined && !/^(false|0|no|off|f|n|)$/i.test(value)
}
