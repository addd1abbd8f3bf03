import { createVendoError, looksLikeVendoKey } from '@vendo/contract'
import type { Resolved } from '../resolve/source.ts'
import { assertHeaderText, type Fetch, parseBaseUrl } from '../settings.ts'
import type { Upstream } from '../upstream.ts'
import { joinUrl } from './join-url.ts'

/** What a bound fetch needs of its client. */
export interface Binding {
  readonly slug: string
  readonly resolve: () => Promise<Resolved>
  /** Forgets what the Vendo API answered. */
  readonly invalidate: () => void
  readonly upstream: Upstream | undefined
  readonly fetch: Fetch
}

/** Headers that carry a credential somewhere; exactly one of them leaves, and it is ours. */
const credentialHeaders = ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key', 'x-vendo-key', 'x-bf-vk']

/**
 * A `fetch` that sends one integration's credential to that integration's origin and nowhere else. Redirects are returned,
 * not followed. A 401 to a token of the Vendo API is answered by one retry with a fresh token, if the body can be sent
 * twice. The provider's answers and the platform's network errors pass unchanged.
 */
export const createBoundFetch = (binding: Binding): Fetch => {
  const attempt = async (resolved: Resolved, input: string | URL | Request, init: RequestInit) => {
    const base = baseOf(binding, resolved)
    const headers = new Headers(init.headers ?? (input instanceof Request ? input.headers : undefined))
    applyCredential(headers, binding, resolved)
    const target = input instanceof Request ? assertedRequest(base, input) : joinUrl(base, String(input))
    return binding.fetch(target, { ...init, headers, redirect: 'manual' })
  }
  return async (input, init = {}) => {
    const resolved = await binding.resolve()
    const response = await attempt(resolved, input, init)
    if (response.status !== 401 || resolved.source !== 'api' || !isReplayable(input, init)) return response
    // The refusal's body is given up so that its connection can be used again.
    void response.body?.cancel().catch(() => undefined)
    binding.invalidate()
    return attempt(await binding.resolve(), input, init)
  }
}

const baseOf = ({ slug, upstream }: Binding, { baseURL, token }: Resolved): URL => {
  assertHeaderText(token, `The token of "${slug}"`)
  const text = baseURL ?? upstream?.baseURL
  if (text !== undefined) return parseBaseUrl(text, `The base URL of "${slug}"`)
  throw createVendoError(`vendo.fetch does not know the address of "${slug}".`, {
    code: 'validation_failed',
    slug,
    suggestedFix: `Use \`await vendo.token("${slug}")\` and call the provider yourself.`,
  })
}

const applyCredential = (headers: Headers, { upstream }: Binding, { token }: Resolved): void => {
  for (const [name, value] of Object.entries(upstream?.defaultHeaders ?? {})) {
    if (!headers.has(name)) headers.set(name, value)
  }
  for (const name of credentialHeaders) headers.delete(name)
  const own = looksLikeVendoKey(token) ? undefined : upstream?.header
  headers.set(own ?? 'authorization', own === undefined ? `Bearer ${token}` : token)
}

const assertedRequest = (base: URL, request: Request): Request => {
  joinUrl(base, request.url)
  return request
}

const isReplayable = (input: string | URL | Request, { body }: RequestInit): boolean => {
  if (body === undefined || body === null) return !(input instanceof Request) || input.body === null
  return (
    typeof body === 'string' ||
    body instanceof URLSearchParams ||
    body instanceof ArrayBuffer ||
    ArrayBuffer.isView(body) ||
    body instanceof Blob ||
    body instanceof FormData
  )
}
