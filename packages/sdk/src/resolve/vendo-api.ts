import { found, type Source, skipped } from './source.ts'

/** 4: the Vendo API. Its failure ends the search, so that an outage never moves the bill to another key. */
export const vendoApi: Source = {
  name: 'api',
  look: async ({ slug, settings, askApi }) => {
    if (settings.apiKey === undefined) return skipped('the client has no Vendo key')
    const { token, baseURL, expiresAt } = await askApi(slug)
    const address = baseURL === undefined ? {} : { baseURL }
    const expiry = expiresAt === undefined ? {} : { expiresAt }
    return found({ token, ...address, ...expiry }, 'the Vendo API has a credential')
  },
}
