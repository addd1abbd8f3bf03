import { createVendoError, isVendoError, type VendoError } from '@vendo/contract'
import ky, { HTTPError } from 'ky'
import { type ApiAccess, readApiAccess, type Settings } from '../settings.ts'
import { type Deadline, withinDeadline } from './deadline.ts'
import { readBounded } from './read-bounded.ts'
import { readRefusal } from './read-refusal.ts'
import { retryDelayMs } from './retry-delay.ts'
import { type Shape, ShapeError } from './shape.ts'

/** The one way to the Vendo API. */
export interface ApiClient {
  /**
   * Reads one address, within the client's time budget, retries included. Rejects with a {@link VendoError} alone.
   *
   * @param path from the API's base, with its leading slash, already encoded.
   * @param slug the integration it is about, for errors.
   */
  get<T>(path: string, shape: Shape<T>, slug?: string): Promise<T>
}

/** One call: where to, and how often. */
interface Call {
  readonly url: string
  readonly access: ApiAccess
  readonly settings: Settings
}

const maxBodyBytes = 4_000_000
const maxRefusalBytes = 64_000

/** Builds the client. Missing or malformed settings are said by its first call. */
export const createApiClient = (settings: Settings): ApiClient => ({
  get: async (path, shape, slug) => {
    const access = readApiAccess(settings)
    const call = { url: access.baseURL + path, access, settings }
    return withinDeadline(settings.timeoutMs, async (deadline) => {
      try {
        const response = await send(call, deadline)
        return parse(await response.text(), shape, slug)
      } catch (error) {
        throw await toVendoError(error, access.apiKey, slug)
      }
    })
  },
})

const send = ({ url, access, settings }: Call, { signal, remainingMs }: Deadline): Promise<Response> => {
  let delayMs = 0
  return ky.get(url, {
    fetch: async (input, init) => readWhole(await settings.fetch(input, init)),
    headers: { accept: 'application/json', authorization: `Bearer ${access.apiKey}` },
    // A key must not travel to where a redirect points.
    redirect: 'manual',
    signal,
    // ky's own timeout starts anew with each attempt.
    timeout: false,
    retry: {
      limit: settings.maxRetries,
      delay: () => delayMs,
      shouldRetry: ({ error, retryCount }) => {
        if (signal.aborted || isVendoError(error)) return false
        const failed = error instanceof HTTPError ? error.response : undefined
        const wantedMs = retryDelayMs(failed, retryCount, Date.now())
        // A wait that outlasts the budget would turn a useful answer into a timeout.
        if (wantedMs === undefined || wantedMs >= remainingMs()) return false
        void failed?.body?.cancel().catch(() => undefined)
        delayMs = wantedMs
        return true
      },
    },
  })
}

/** Reads a success to its end inside the attempt, so that a connection that breaks off in the body is retried too. */
const readWhole = async (response: Response): Promise<Response> => {
  if (!response.ok) return response
  const { text, cut } = await readBounded(response, maxBodyBytes)
  if (cut) throw unexpected('more than 4 MB')
  return new Response(text)
}

const parse = <T>(text: string, shape: Shape<T>, slug: string | undefined): T => {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw unexpected('something that is not JSON', slug)
  }
  try {
    return shape(body, '')
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error
    throw unexpected(`JSON of another shape${error.path === '' ? '' : ` (at ${error.path})`}`, slug)
  }
}

const unexpected = (what: string, slug?: string): VendoError =>
  createVendoError(`The Vendo API answered with ${what}.`, {
    code: 'upstream_error',
    slug,
    suggestedFix: 'Check that VENDO_BASE_URL is the address of a Vendo API.',
  })

/** ky's own errors hold the request, and with it the key: they go no further, not even as a cause. */
const toVendoError = async (error: unknown, apiKey: string, slug: string | undefined): Promise<VendoError> => {
  if (isVendoError(error)) return error
  if (!(error instanceof HTTPError)) {
    return createVendoError('The Vendo API could not be reached.', { code: 'network_error', slug, cause: error })
  }
  const { status, headers } = error.response
  // A refusal whose body breaks off still has its status and headers.
  const { text } = await readBounded(error.response, maxRefusalBytes).catch(() => ({ text: '' }))
  return readRefusal({ status, headers, text, slug, apiKey })
}
