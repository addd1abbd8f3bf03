import { looksLikeVendoKey } from '@vendo/contract'
import { catalog } from '@vendo/integrations'
import { credentialVariables, type KeySources } from './find-provider-keys.ts'
import { textOf } from './read-dotenv.ts'

/** A user's own key whose calls no broker sees. */
export interface UnmeteredKey {
  readonly slug: string
  readonly variable: string
}

/** The keys of paid integrations that a child would use directly, because it is not bound to these integrations. */
export const findUnmetered = ({ env, dotenv }: KeySources, boundSlugs: readonly string[]): readonly UnmeteredKey[] =>
  Object.values(catalog)
    .filter(({ slug, connectionEnvVars }) => isPaid(connectionEnvVars) && !boundSlugs.includes(slug))
    .flatMap(({ slug }) =>
      credentialVariables(slug).flatMap((variable) => {
        const text = textOf(env, variable) ?? textOf(dotenv, variable)
        return text === undefined || looksLikeVendoKey(text) ? [] : [{ slug, variable }]
      }),
    )

type Variables = (typeof catalog)[keyof typeof catalog]['connectionEnvVars']

const isPaid = (variables: Variables): boolean => variables.some(({ source }) => source.from === 'vendoApiKey')
