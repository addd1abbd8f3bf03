import { createVendoError, type VendoError } from '@vendo/contract'
import type { Integration } from './define-integration.ts'
import { envTableRow } from './env-table-row.ts'
import type { Connection, Deployment, EnvVars, EnvVarWarning } from './env-vars.ts'
import { findIntegration } from './find-integration.ts'
import { assertUrl, present, resolveConnectionEnvVars, vendoKeyOf } from './resolve-connection-env-vars.ts'

/** What {@link resolveDeploymentEnvVars} reads. */
export interface DeploymentEnvVarsInput {
  readonly connections: readonly Connection[]
  readonly deployment: Deployment
  /** Entries of your own, beside the catalog's. */
  readonly integrations?: readonly Integration[]
}

/**
 * All variables of one app: those of each bound connection, and Vendo's own `VENDO_API_KEY`, `VENDO_BASE_URL`,
 * `VENDO_DEPLOYMENT_ID` and `VENDO_INJECTED`, the comma list of the primary variables that were injected, by which the SDK
 * tells an injected value from a user's own.
 *
 * @throws {VendoError} what `resolveConnectionEnvVars` throws; `validation_failed` when two connections claim one variable,
 * naming both, or when the deployment has no id or address.
 */
export const resolveDeploymentEnvVars = (input: DeploymentEnvVarsInput): EnvVars => {
  const { connections, deployment, integrations = [] } = input
  const vars = ownVars(deployment)
  const owners = new Map([...Object.keys(vars), injectedList].map((name) => [name, 'Vendo itself']))
  const secrets = ['VENDO_API_KEY']
  const warnings: EnvVarWarning[] = []
  const injected: string[] = []
  for (const connection of connections) {
    const integration = integrations.find(({ slug }) => slug === connection.slug) ?? findIntegration(connection.slug)
    const resolved = resolveConnectionEnvVars({ integration, connection, deployment })
    for (const [name, value] of Object.entries(resolved.vars)) {
      const owner = owners.get(name)
      if (owner !== undefined) throw collision(name, owner, connection.slug)
      owners.set(name, connection.slug)
      vars[name] = value
    }
    secrets.push(...resolved.secrets)
    warnings.push(...resolved.warnings)
    const { primary } = envTableRow(integration)
    if (Object.hasOwn(resolved.vars, primary)) injected.push(primary)
  }
  if (injected.length > 0) vars[injectedList] = injected.join(',')
  return { vars, secrets, warnings }
}

const injectedList = 'VENDO_INJECTED'

const ownVars = (deployment: Deployment): Record<string, string> => {
  const id = present(deployment.id)
  if (id === undefined) throw createVendoError('deployment.id must not be empty', { code: 'validation_failed' })
  return {
    VENDO_API_KEY: vendoKeyOf(deployment),
    VENDO_BASE_URL: assertUrl(deployment.brokerUrl, 'brokerUrl'),
    VENDO_DEPLOYMENT_ID: id,
  }
}

const collision = (name: string, first: string, second: string): VendoError =>
  createVendoError(`${name} is claimed twice, by ${first} and by ${second}`, {
    code: 'validation_failed',
    slug: second,
    suggestedFix: 'Bind the app to one of the two connections only.',
  })
