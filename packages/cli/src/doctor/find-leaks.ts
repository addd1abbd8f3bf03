import { looksLikeVendoKey } from '@vendo/contract'
import { catalog } from '@vendo/integrations'
import { baseUrlVariables, type KeySources, keyVariables } from '../env/find-provider-keys.ts'
import { textOf } from '../env/read-dotenv.ts'

/** One sentence for each variable that would send a key to the wrong place. Names variables, never a value. */
export const findLeaks = (sources: KeySources, brokerUrls: readonly string[]): readonly string[] =>
  Object.values(catalog).flatMap(({ slug, name }) => {
    const bases = baseUrlVariables(slug)
    if (bases.length === 0) return []
    const keys = keyVariables(slug).flatMap((variable) => {
      const text = lookUp(sources, variable)
      return text === undefined ? [] : [{ variable, isVendoKey: looksLikeVendoKey(text) }]
    })
    const base = bases.flatMap((variable) => {
      const text = lookUp(sources, variable)
      return text === undefined ? [] : [{ variable, isBroker: pointsAtBroker(text, slug, brokerUrls) }]
    })[0]
    return keys.flatMap(({ variable, isVendoKey }) => judge({ variable, isVendoKey, base, name, bases }))
  })

interface Pair {
  readonly variable: string
  readonly isVendoKey: boolean
  readonly base: { readonly variable: string; readonly isBroker: boolean } | undefined
  readonly name: string
  readonly bases: readonly string[]
}

const judge = ({ variable, isVendoKey, base, name, bases }: Pair): readonly string[] => {
  if (isVendoKey && base === undefined) {
    return [
      `${variable} holds a Vendo key and ${bases.join(', ')} is not set: the client would send the key to ${name}.`,
    ]
  }
  if (isVendoKey && base?.isBroker === false) {
    return [`${variable} holds a Vendo key, but ${base.variable} names no broker: the key would be sent there.`]
  }
  if (!isVendoKey && base?.isBroker === true) {
    return [
      `${base.variable} names a broker, but ${variable} holds a provider key: it would be sent there, and refused.`,
    ]
  }
  return []
}

const lookUp = ({ env, dotenv }: KeySources, name: string): string | undefined =>
  textOf(env, name) ?? textOf(dotenv, name)

const pointsAtBroker = (text: string, slug: string, brokerUrls: readonly string[]): boolean => {
  if (brokerUrls.some((url) => text === url || text.startsWith(`${url}/`))) return true
  return URL.canParse(text) && /^\/[a-z-]+(\/v1)?\/?$/.test(new URL(text).pathname) && text.includes(`/${slug}`)
}
