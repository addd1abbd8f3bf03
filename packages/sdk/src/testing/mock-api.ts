import { createVendoError, type VendoError } from '@vendo/contract'
import type { BalanceResponse, CredentialResponse, SpendCapsResponse, UsageResponse } from '@vendo/contract/api'
import { type FakeConnection, mockOrigin } from './fake-connection.ts'

/** What a mocked Vendo API knows. */
export interface MockState {
  readonly connections: ReadonlyMap<string, FakeConnection>
  readonly balanceNanos: bigint
  readonly failure: VendoError | undefined
}

/** Answers as the Vendo API would, from memory; `undefined` for an address that is not the API's. */
export const answerAsApi = (url: URL, state: MockState): Response | undefined => {
  if (url.origin !== mockOrigin) return undefined
  const [, first, second] = url.pathname.split('/')
  if (first !== 'credentials' && first !== 'api') return undefined
  if (state.failure !== undefined) return refuse(state.failure)
  if (first === 'api') return answerOther(url.pathname, state)
  if (second !== '_bulk') return answerCredential(second ?? '', state)
  const slugs = (url.searchParams.get('slugs') ?? '').split(',')
  return Response.json({
    tokens: Object.fromEntries(slugs.map((slug) => [slug, credentialOf(state.connections.get(slug))])),
  })
}

const answerCredential = (slug: string, { connections }: MockState): Response => {
  const connection = connections.get(slug)
  if (connection?.status === 'needs_reauth') return refuse(refusal('connection_needs_reauth', slug))
  if (connection?.status === 'revoked') return refuse(refusal('connection_revoked', slug))
  const credential = credentialOf(connection)
  return credential === null ? refuse(refusal('binding_missing', slug)) : Response.json(credential)
}

const credentialOf = (connection: FakeConnection | undefined): CredentialResponse | null =>
  connection?.status === 'connected'
    ? {
        access_token: connection.token,
        token_type: 'Bearer',
        expires_at: connection.expiresAt?.toISOString() ?? null,
        base_url: connection.baseURL,
      }
    : null

const answerOther = (path: string, { connections, balanceNanos }: MockState): Response => {
  switch (path) {
    case '/api/deployments/me/connections':
      return Response.json({ connections: [...connections.values()].map(describeConnection) })
    case '/api/integrations':
      return Response.json({ integrations: [] })
    case '/api/billing/balance':
      return Response.json(balanceOf(balanceNanos))
    case '/api/billing/spend-caps':
      return Response.json(noCaps)
    case '/api/billing/usage':
      return Response.json(noUsage)
    default:
      return refuse(refusal('not_found'))
  }
}

const describeConnection = (connection: FakeConnection) => ({
  id: connection.id,
  slug: connection.slug,
  display_name: connection.displayName,
  profile: connection.profile,
  status: connection.status,
  metadata: connection.metadata,
  connected_at: connection.connectedAt?.toISOString() ?? null,
  setup_url: connection.setupUrl,
  error_message: connection.errorMessage,
})

const balanceOf = (nanos: bigint): BalanceResponse => ({
  credits_remaining_micros: Number(nanos / 1000n),
  credits_remaining_nanos: String(nanos),
  held_nanos: '0',
  currency: 'USD',
  top_up_url: `${mockOrigin}/topup`,
})

const noCaps: SpendCapsResponse = {
  daily_micros: null,
  monthly_micros: null,
  total_micros: null,
  used_today_micros: 0,
  used_month_micros: 0,
  used_total_micros: 0,
}

const noUsage: UsageResponse = {
  period: 'all',
  from: null,
  group_by: 'model',
  groups: [],
  total: { calls: 0, list_nanos: '0', charge_nanos: '0', cache_savings_nanos: '0' },
}

const refusal = (code: string, slug?: string): VendoError => createVendoError(`mocked: ${code}`, { code, slug })

const refuse = ({ code, message, status, slug, connectUrl, retryAfter, suggestedFix }: VendoError): Response =>
  Response.json(
    {
      error: {
        code,
        message,
        slug,
        connect_url: connectUrl,
        retry_after: retryAfter,
        suggested_fix: suggestedFix,
      },
    },
    { status: status ?? 500, headers: { 'x-should-retry': 'false' } },
  )
