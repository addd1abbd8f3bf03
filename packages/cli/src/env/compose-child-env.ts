import { credentialVariables } from './find-provider-keys.ts'
import type { Injection } from './load-injection.ts'
import type { Variables } from './read-dotenv.ts'

/** What a child's environment is made of. */
export interface ChildEnvInput {
  readonly env: Variables
  readonly dotenv: Variables | undefined
  readonly injection: Pick<Injection, 'vars' | 'slugs'>
  /** Variables to keep from the child, wherever they come from. */
  readonly withheld?: readonly string[]
}

/** Administers the broker, so no app may have it. */
const managementVariables = ['VENDO_MANAGEMENT_KEY', 'VENDO_VAULT_KEY', 'VENDO_VAULT_KEY_FILE']
const loopbackHosts = ['127.0.0.1', 'localhost']

/**
 * A child's environment: what Vendo injects wins, then the real environment, then the child's own `.env`. The user's own
 * keys of bound integrations are left out, under every name they have.
 */
export const composeChildEnv = ({ env, dotenv, injection, withheld = [] }: ChildEnvInput): Record<string, string> => {
  const composed: Record<string, string> = {}
  for (const variables of [dotenv ?? {}, env, injection.vars]) {
    for (const [name, value] of Object.entries(variables)) if (value !== undefined) composed[name] = value
  }
  const hidden = [...injection.slugs.flatMap(credentialVariables), ...managementVariables, ...withheld]
  for (const name of hidden) {
    if (Object.hasOwn(injection.vars, name)) continue
    delete composed[name]
    // The child may load the file itself, which leaves variables alone that are set, if only to nothing.
    if (dotenv?.[name] !== undefined) composed[name] = ''
  }
  return { ...composed, ...aroundProxy(composed) }
}

/** Clients that honour HTTP_PROXY would look for the broker behind that proxy. */
const aroundProxy = (composed: Readonly<Record<string, string>>): Record<string, string> => {
  const names = Object.keys(composed)
  if (!names.some((name) => /^(https?|all)_proxy$/i.test(name))) return {}
  const before = composed['no_proxy'] ?? composed['NO_PROXY'] ?? ''
  const hosts = [...before.split(',').filter((host) => host.trim() !== ''), ...loopbackHosts]
  const list = [...new Set(hosts)].join(',')
  return { NO_PROXY: list, no_proxy: list }
}
