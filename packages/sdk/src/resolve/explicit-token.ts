import { readText } from '../read-text.ts'
import { parseBaseUrl } from '../settings.ts'
import { pairIfVendoKey } from './pair-base-url.ts'
import { absent, found, type LocalSource } from './source.ts'

/** 1: the `tokens` option. */
export const explicitToken: LocalSource = {
  name: 'tokens',
  look: ({ slug, row, settings }) => {
    const entry = Object.hasOwn(settings.tokens, slug) ? settings.tokens[slug] : undefined
    const given = typeof entry === 'object' && entry !== null ? entry : { token: entry, baseURL: undefined }
    const token = readText(given.token)
    const baseURL = readText(given.baseURL)
    const name = `tokens["${slug}"]`
    if (token === undefined) return absent(`the \`tokens\` option has nothing for "${slug}"`)
    if (baseURL === undefined) {
      return found(pairIfVendoKey({ slug, token, name, row, environments: [settings.env] }), `${name} is set`)
    }
    parseBaseUrl(baseURL, `${name}.baseURL`)
    return found({ token, baseURL }, `${name} is set`)
  },
}
