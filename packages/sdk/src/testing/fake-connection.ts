import { createRows } from '../integration-row.ts'
import type { Connection } from '../resource/connections.ts'
import type { Slug } from '../slug.ts'

/** Where a `MockClient` pretends to be. The name can never be resolved. */
export const mockOrigin = 'http://vendo.invalid'

/** A connection and the credential behind it, for tests. */
export interface FakeConnection extends Connection {
  readonly token: string
  readonly baseURL: string | null
  readonly expiresAt: Date | null
}

/**
 * A connection that looks real: connected, with a visibly fake token, and with a base URL if the integration has a
 * variable for one. Everything can be overridden.
 */
export const fakeConnection = (slug: Slug, overrides: Partial<FakeConnection> = {}): FakeConnection => {
  const hasBaseUrl = (createRows({}).get(slug)?.baseUrlVariables.length ?? 0) > 0
  return {
    id: `conn_fake_${slug}`,
    slug,
    displayName: slug,
    profile: hasBaseUrl ? 'vendo_managed_pool' : 'byok_static',
    status: 'connected',
    metadata: {},
    connectedAt: new Date(0),
    setupUrl: null,
    errorMessage: null,
    token: `fake-token-${slug}`,
    baseURL: hasBaseUrl ? `${mockOrigin}/${slug}/v1` : null,
    expiresAt: null,
    ...overrides,
  }
}
