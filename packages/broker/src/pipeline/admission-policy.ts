import { createVendoError, type VendoError } from '@vendo/contract'
import { closestNames } from '@vendo/integrations/rates'
import type { RequestFacts } from '@vendo/wire'
import type { AdmitInput } from './admit.ts'
import type { Payer } from './payer.ts'
import type { Target } from './records.ts'

/** A row names this many members that were not understood, and says how many more there were. */
const maxFlags = 8

/**
 * Decides about members that the broker does not understand. Where somebody else's money or a cap is at stake they are
 * refused, because a provider may read them in a way that costs more than the hold. On an own credential without a cap the
 * bytes pass, and each member becomes a flag of the row.
 *
 * @throws {VendoError} `validation_failed` naming the first member.
 */
export const flagsOfNotUnderstood = (payer: Payer, members: readonly string[]): readonly string[] => {
  const [first] = members
  if (first === undefined) return noFlags
  if (payer !== 'own_uncapped') throw notUnderstood(first)
  const named = members.slice(0, maxFlags).map((member) => `not_understood:${member.slice(0, 80)}`)
  return members.length <= maxFlags ? named : [...named, `not_understood:${members.length - maxFlags} more`]
}

const noFlags: readonly never[] = []

const notUnderstood = (member: string): VendoError =>
  createVendoError(`Vendo does not understand ${quote(member)} of this request, which may decide its price.`, {
    code: 'validation_failed',
    suggestedFix:
      'Send each member once, as the provider documents its name and type, or leave it out. On an own credential without a spend limit it passes as it is.',
  })

/**
 * The refusal of a model that has no rate. It names the known models that are nearest. The one command that adds a rate is
 * only for people: a budgeted command must not learn how to change its own limits.
 */
export const modelUnpriced = (
  { caller, target, payer, pricing, now }: Pick<AdmitInput, 'caller' | 'target' | 'payer' | 'pricing' | 'now'>,
  model: string,
): VendoError => {
  const { slug } = target.provider
  const known = pricing.rateBook.list({ integration: slug, at: now }).map((rates) => rates.model)
  const near = closestNames(model.slice(0, 64), known).slice(0, 3)
  const hint = near.length === 0 ? '' : ` Known models with a near name: ${near.map(quote).join(', ')}.`
  return createVendoError(`There is no rate for the model ${quote(model)} of ${slug}.${hint}`, {
    code: 'model_unpriced',
    slug,
    suggestedFix: fixFor(payer, caller.key.limits.budgeted_run === true, { slug, model }),
  })
}

/** The refusal of a request that leaves its model to a stored prompt, under a spend limit. */
export const modelUnnamed = ({ provider: { slug } }: Target): VendoError =>
  createVendoError('The request leaves its model to a stored prompt, so its price is not known before it runs.', {
    code: 'model_unpriced',
    slug,
    suggestedFix: 'Name the `model` beside the prompt: a spend limit applies to this key.',
  })

const fixFor = (
  payer: Payer,
  isRun: boolean,
  { slug, model }: { readonly slug: string; readonly model: string },
): string => {
  if (isRun) return 'Use a model that has a rate: a spend limit cannot count what has no price.'
  if (payer === 'pooled') return 'Use a model that has a rate, or ask the operator to add one.'
  return `A spend limit cannot count what has no price. Add a rate with \`vendo rates set --integration ${slug} --model ${shellWord(model)} --input <usd> --output <usd>\`.`
}

/** A model's name comes from the request and ends in a line that somebody may paste. */
const shellWord = (model: string): string => (/^[\w./:@-]{1,100}$/.test(model) ? model : '<name>')

const quote = (name: string): string => JSON.stringify(name.slice(0, 100))

/** Whether a Responses request leaves its model to a prompt that is stored at the provider. */
export const leavesModelToPrompt = ({ model, storedReferences }: RequestFacts): boolean =>
  model === undefined && storedReferences.some(({ kind }) => kind === 'prompt')
