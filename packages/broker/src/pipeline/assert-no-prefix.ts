import { createVendoError } from '@vendo/contract'
import { type Provider, providers } from '@vendo/integrations/providers'

/** Names that other gateways give to providers of the catalog. */
const aliases: Readonly<Record<string, string>> = { google: 'gemini', claude: 'anthropic' }

/**
 * A model without a rate whose name begins with a provider's (`openai/gpt-4o`) was written for a gateway that chooses the
 * provider by it. To be called where no rate was found: some providers' own models have a slash in their names.
 *
 * @throws {VendoError} `not_supported`
 */
export const assertNoPrefix = (model: string, { slug }: Pick<Provider, 'slug'>): void => {
  const mark = model.indexOf('/')
  if (mark <= 0 || slug === 'openrouter') return
  const prefix = model.slice(0, mark).toLowerCase()
  const named = Object.hasOwn(aliases, prefix) ? (aliases[prefix] as string) : prefix
  if (!Object.hasOwn(providers, named)) return
  const rest = JSON.stringify(model.slice(mark + 1, mark + 101))
  throw createVendoError(
    `The model ${JSON.stringify(model.slice(0, 100))} names its provider: choosing one by the model, and translation between their formats, are not built yet.`,
    {
      code: 'not_supported',
      slug,
      suggestedFix:
        named === slug
          ? `Send the model as ${rest}.`
          : `Call /${named}/v1/… in the format of ${named}, with the model ${rest}.`,
    },
  )
}
