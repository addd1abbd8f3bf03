/** Vendo's catalog, and the env vars that a deployment platform injects for a bound connection. */

export { catalog } from '../catalog.gen.ts'
export type { EnvTableRow, KnownSlug } from '../env-table.gen.ts'
export { envTable } from '../env-table.gen.ts'
export type { ConnectionEnvVar, EnvVarSource, Integration, IntegrationCategory } from './define-integration.ts'
export { defineIntegration } from './define-integration.ts'
export type { Connection, Deployment, EnvVars, EnvVarWarning } from './env-vars.ts'
export type { Slug } from './find-integration.ts'
export { findIntegration, isKnownSlug } from './find-integration.ts'
export type { ConnectionEnvVarsInput } from './resolve-connection-env-vars.ts'
export { resolveConnectionEnvVars } from './resolve-connection-env-vars.ts'
export type { DeploymentEnvVarsInput } from './resolve-deployment-env-vars.ts'
export { resolveDeploymentEnvVars } from './resolve-deployment-env-vars.ts'
