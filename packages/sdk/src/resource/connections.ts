import { createVendoError, isVendoError, NotConnected, type Profile } from '@vendo/contract'
import type { ApiClient } from '../http/api-client.ts'
import { anyRecord, fields, instant, listOf, nullable, type Shaped, text } from '../http/shape.ts'
import type { Resolved } from '../resolve/source.ts'
import type { Settings } from '../settings.ts'
import { createSlugError, isSlug, type Slug, suggestSlug } from '../slug.ts'

/** What a connection can be in; a newer API may say something else. */
export type ConnectionStatus = 'connected' | 'needs_reauth' | 'revoked' | (string & {})

/** One tenant's credential for one integration, without the credential. */
export interface Connection {
  readonly id: string
  readonly slug: string
  readonly displayName: string
  readonly profile: Profile | (string & {})
  readonly status: ConnectionStatus
  /** What the provider says of it, such as a bot's name. */
  readonly metadata: Readonly<Record<string, unknown>>
  readonly connectedAt: Date | null
  /** Where a person repairs it. */
  readonly setupUrl: string | null
  readonly errorMessage: string | null
}

/** The connections of this app. */
export interface Connections {
  /** All of them: in Vendo mode those the app is bound to, in OSS mode those that the environment or `.env` holds. */
  list(): Promise<readonly Connection[]>
  /** The one of an integration, the first if there are several. Rejects with `NotConnected` when there is none. */
  get(slug: Slug): Promise<Connection>
}

/** What the listing needs of its client. */
export interface ConnectionsContext {
  readonly settings: Settings
  readonly api: ApiClient
  readonly resolve: (slug: string) => Promise<Resolved>
}

const connectionShape = fields({
  id: text,
  slug: text,
  display_name: text,
  profile: text,
  status: text,
  metadata: nullable(anyRecord),
  connected_at: nullable(instant),
  setup_url: nullable(text),
  error_message: nullable(text),
})
const connectionsShape = fields({ connections: listOf(connectionShape) })

/** The connections, from the API or from what the environment holds. */
export const createConnections = (context: ConnectionsContext): Connections => {
  const { settings, api } = context
  const list = async (): Promise<readonly Connection[]> => {
    if (settings.apiKey === undefined) return listOwn(context)
    const { connections } = await api.get('/api/deployments/me/connections', connectionsShape)
    return connections.map(readConnection)
  }
  return {
    list,
    get: async (slug) => {
      if (!isSlug(slug)) throw createSlugError(slug)
      if (settings.apiKey === undefined) return ownConnection(slug, await context.resolve(slug))
      const connection = (await list()).find((candidate) => candidate.slug === slug)
      if (connection === undefined) throw createUnbound(slug, settings)
      return connection
    },
  }
}

const listOwn = async ({ settings, resolve }: ConnectionsContext): Promise<readonly Connection[]> => {
  const slugs = new Set([...settings.rows.keys(), ...Object.keys(settings.tokens).filter(isSlug)])
  const connections = await Promise.all(
    [...slugs].map(async (slug) => {
      try {
        return ownConnection(slug, await resolve(slug))
      } catch (error) {
        if (error instanceof NotConnected) return undefined
        if (!isVendoError(error)) throw error
        return { ...ownConnection(slug), status: 'needs_reauth', errorMessage: error.message }
      }
    }),
  )
  return connections.filter((connection) => connection !== undefined)
}

/** The app's own key, told as a connection. */
const ownConnection = (slug: string, resolved?: Resolved): Connection => ({
  id: `own:${slug}`,
  slug,
  displayName: slug,
  profile: 'byok_static',
  status: 'connected',
  metadata: resolved === undefined ? {} : { source: resolved.source },
  connectedAt: null,
  setupUrl: null,
  errorMessage: null,
})

const readConnection = (body: Shaped<typeof connectionShape>): Connection => ({
  id: body.id,
  slug: body.slug,
  displayName: body.display_name,
  profile: body.profile,
  status: body.status,
  metadata: body.metadata ?? {},
  connectedAt: body.connected_at,
  setupUrl: body.setup_url,
  errorMessage: body.error_message,
})

const createUnbound = (slug: string, { rows }: Settings) => {
  const meant = rows.has(slug) ? undefined : suggestSlug(slug, rows.keys())
  return createVendoError(`This app is bound to no connection for "${slug}".`, {
    code: 'not_connected',
    slug,
    suggestedFix:
      meant === undefined
        ? `Run \`vendo connect ${slug}\`, and bind the connection to this app.`
        : `Did you mean "${meant}"?`,
  })
}
