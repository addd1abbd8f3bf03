import { createVendoError, looksLikeVendoKey, type VendoError } from '@vendo/contract'
import type { ApiClient } from '../http/api-client.ts'
import { fields, instant, nullable, recordOf, type Shaped, text } from '../http/shape.ts'
import { readText } from '../read-text.ts'
import { parseBaseUrl } from '../settings.ts'
import type { ApiCredential, CredentialLoader } from './credential-cache.ts'

const credentialShape = fields({ access_token: text, expires_at: nullable(instant), base_url: nullable(text) })
const bulkShape = fields({ tokens: recordOf(nullable(credentialShape)) })

type CredentialBody = Shaped<typeof credentialShape>

/** Asks the credentials endpoints. Rejects with the API's own refusal, or for an answer that would not be safe to use. */
export const createCredentialLoader = (api: ApiClient): CredentialLoader => ({
  loadOne: async (slug) => {
    const body = await api.get(`/credentials/${slug}`, credentialShape, slug).catch((error: VendoError) => {
      throw error.status === 404 ? asNotConnected(error) : error
    })
    return readCredential(slug, body)
  },
  loadMany: async (slugs) => {
    const { tokens } = await api.get(`/credentials/_bulk?slugs=${slugs.join(',')}`, bulkShape)
    return (slug) => {
      const body = Object.hasOwn(tokens, slug) ? tokens[slug] : undefined
      if (body === undefined || body === null) throw createUnbound(slug)
      return readCredential(slug, body)
    }
  },
})

/** An integration that the API does not know is, to the caller, one that is not connected. */
const asNotConnected = ({ message, status, slug, connectUrl, requestId }: VendoError): VendoError =>
  createVendoError(message, { code: 'not_connected', status, slug, connectUrl, requestId })

const createUnbound = (slug: string): VendoError =>
  createVendoError(`The Vendo API has no credential for "${slug}".`, { code: 'binding_missing', slug })

const readCredential = (slug: string, { access_token, expires_at, base_url }: CredentialBody): ApiCredential => {
  const token = readText(access_token)
  const baseURL = readText(base_url)
  if (token === undefined) {
    throw createVendoError(`The Vendo API gave an empty token for "${slug}".`, { code: 'upstream_error', slug })
  }
  if (baseURL === undefined && looksLikeVendoKey(token)) {
    throw createVendoError(`The Vendo API gave a Vendo key for "${slug}" without its base URL.`, {
      code: 'base_url_missing',
      slug,
      suggestedFix: 'Set the public address of the Vendo API that VENDO_BASE_URL names.',
    })
  }
  if (baseURL !== undefined) parseBaseUrl(baseURL, `The base URL that the Vendo API gave for "${slug}"`)
  return { token, baseURL, expiresAt: expires_at ?? undefined }
}
