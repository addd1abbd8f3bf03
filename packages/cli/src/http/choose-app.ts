import { type AppResponse, appSchema } from '@vendo/contract/api'
import { CliError } from '../terminal/cli-error.ts'
import type { Management } from './open-management.ts'

/** Which app a command is about. */
export interface AppChoice {
  /** An id or a name. */
  readonly app?: string | undefined
  readonly tenant?: string | undefined
}

/** The apps of the tenant. */
export const listApps = ({ client }: Pick<Management, 'client'>, tenant: string | undefined): Promise<AppResponse[]> =>
  client.send({
    path: '/api/apps',
    query: { tenant },
    parse: (body) => appSchema.array().parse((body as { apps: unknown }).apps),
  })

/**
 * The app that is named, else the one that a local broker serves, else the only one, else the one called `default`.
 *
 * @throws {CliError} when there is none of that name, or when one must be named.
 */
export const chooseApp = async (management: Management, { app, tenant }: AppChoice): Promise<AppResponse> => {
  const apps = await listApps(management, tenant)
  const wanted = app ?? management.broker.local?.appId
  if (wanted !== undefined) {
    const chosen = apps.find(({ id }) => id === wanted) ?? apps.find(({ name }) => name === wanted)
    if (chosen !== undefined) return chosen
    throw new CliError(`There is no app ${JSON.stringify(wanted)}.`, `Use one of ${namesOf(apps)}.`)
  }
  const chosen = apps.length === 1 ? apps[0] : apps.find(({ name }) => name === 'default')
  if (chosen !== undefined) return chosen
  throw apps.length === 0
    ? new CliError('This broker has no app yet.', 'Create one with POST /api/apps.')
    : new CliError('This broker has several apps.', `Name one with --app: ${namesOf(apps)}.`)
}

const namesOf = (apps: readonly AppResponse[]): string => apps.map(({ name }) => name).join(', ') || 'none'
