import { createVendoError, headerNames, type VendoError } from '@vendo/contract'
import type { ErrorBody } from '@vendo/contract/api'
import { readRetryAfter } from './retry-delay.ts'

/** What the Vendo API refused with. */
export interface Refusal {
  readonly status: number
  readonly headers: Headers
  /** The start of the body. */
  readonly text: string
  /** The integration that was asked for. */
  readonly slug: string | undefined
  /** Blacked out wherever the other side repeats it. */
  readonly apiKey: string
}

const longestText = 500

/** Codes for answers that say none, such as those of a load balancer in front of the API. */
const codesByStatus: Readonly<Record<number, string>> = {
  401: 'app_unknown',
  402: 'balance_exhausted',
  403: 'key_scope',
  404: 'not_found',
  409: 'idempotency_conflict',
  413: 'request_too_large',
  415: 'unsupported_encoding',
  429: 'rate_limited',
  503: 'overloaded',
  504: 'upstream_timeout',
}

/** Turns a refusal of the Vendo API into the error class that its code stands for. */
export const readRefusal = ({ status, headers, text: body, slug, apiKey }: Refusal): VendoError => {
  const fields = readFields(body)
  const clean = (value: unknown): string | undefined =>
    typeof value === 'string' && value !== '' ? value.replaceAll(apiKey, '[redacted]').slice(0, longestText) : undefined
  const said = clean(fields.message)
  const about = slug === undefined ? '' : ` for "${slug}"`
  return createVendoError(
    `The Vendo API answered ${describe(status)}${about}${said === undefined ? '.' : `: ${said}`}`,
    {
      code: clean(headers.get(headerNames.errorCode)) ?? clean(fields.code) ?? codeOf(status),
      status,
      slug: slug ?? clean(fields.slug),
      connectUrl: clean(fields.connect_url),
      retryAfter: readRetryAfter(headers, Date.now()) ?? secondsOf(fields.retry_after),
      suggestedFix: clean(fields.suggested_fix) ?? fixOf(status),
      requestId: clean(headers.get(headerNames.requestId)) ?? clean(fields.request_id),
    },
  )
}

/** The body's fields, none of them trusted: something in between may have answered, in the same shape or in none. */
const readFields = (body: string): { readonly [K in keyof ErrorBody['error']]?: unknown } => {
  try {
    return Object(Object(JSON.parse(body)).error)
  } catch {
    // HTML of a proxy in between, or a body that was cut: the status still says something.
    return {}
  }
}

const secondsOf = (value: unknown): number | undefined => (typeof value === 'number' && value >= 0 ? value : undefined)

/** A browser hides a redirect's status and shows 0. */
const isRedirect = (status: number): boolean => status === 0 || (status >= 300 && status < 400)

const describe = (status: number): string => (isRedirect(status) ? 'with a redirect' : String(status))

const codeOf = (status: number): string =>
  codesByStatus[status] ?? (isRedirect(status) || status >= 500 ? 'upstream_error' : 'validation_failed')

const fixOf = (status: number): string | undefined =>
  isRedirect(status)
    ? 'Set VENDO_BASE_URL to the address it leads to: a key is never sent along a redirect.'
    : undefined
