import type { Profile, Secret } from '@vendo/contract'
import { appSchema, bindingSchema, type ConnectionResponse, connectionSchema } from '@vendo/contract/api'
import { chooseApp, listApps } from './choose-app.ts'
import type { Management } from './open-management.ts'

/** A credential, and who may use it. */
export interface NewConnection {
  readonly slug: string
  readonly secret: Secret
  readonly profile?: Profile
  readonly name?: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly app: string | undefined
  readonly tenant: string | undefined
}

/** What became of it. */
export interface Connected {
  readonly connection: ConnectionResponse
  /** Whether a key that was found in the environment had to step back. */
  readonly replaced: boolean
}

/** Puts the credential into the broker's vault, and lets the app use it instead of a key that was merely found. */
export const connectForApp = async (management: Management, wanted: NewConnection): Promise<Connected> => {
  const { slug, secret, profile, name, metadata, tenant } = wanted
  const appId = await appToBind(management, wanted)
  const connection = await management.client.send({
    method: 'POST',
    path: '/api/connections',
    query: { tenant },
    body: { integration: slug, profile, name, metadata, secret: secret.reveal(), bind: [appId] },
    parse: (body) => connectionSchema.parse(body),
  })
  return { connection, replaced: await unbindFound(management, { appId, slug, tenant }) }
}

const liveApp = 'default'

/** A simulated broker serves an app of its own, which no real credential may get to. */
const appToBind = async (management: Management, choice: NewConnection): Promise<string> => {
  if (choice.app !== undefined || management.broker.local?.simulated !== true) {
    return (await chooseApp(management, choice)).id
  }
  const known = (await listApps(management, choice.tenant)).find(({ name }) => name === liveApp)
  if (known !== undefined) return known.id
  const created = await management.client.send({
    method: 'POST',
    path: '/api/apps',
    query: { tenant: choice.tenant },
    body: { name: liveApp },
    parse: (body) => appSchema.parse(body),
  })
  return created.id
}

interface Place {
  readonly appId: string
  readonly slug: string
  readonly tenant: string | undefined
}

const unbindFound = async ({ client }: Management, { appId, slug, tenant }: Place): Promise<boolean> => {
  const connections = await client.send({
    path: '/api/connections',
    query: { tenant },
    parse: (body) => connectionSchema.array().parse((body as { connections: unknown }).connections),
  })
  const bindings = await client.send({
    path: '/api/bindings',
    query: { tenant },
    parse: (body) => bindingSchema.array().parse((body as { bindings: unknown }).bindings),
  })
  const found = connections.filter(
    ({ id, integration, metadata }) =>
      integration === slug &&
      metadata['source'] === 'environment' &&
      bindings.some((binding) => binding.app_id === appId && binding.connection_id === id),
  )
  for (const { id } of found) {
    const query = { app_id: appId, connection_id: id, tenant }
    await client.send({ method: 'DELETE', path: '/api/bindings', query, parse: () => undefined })
  }
  return found.length > 0
}
