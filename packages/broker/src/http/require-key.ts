import { createVendoError } from '@vendo/contract'
import type { MiddlewareHandler } from 'hono'
import type { KeyRecord } from '../store/records.ts'
import type { ApiEnvironment } from './api-environment.ts'

type Scope = KeyRecord['scope']

/** Keys that administer: a tenant's own, or the operator's. */
export const managementScopes = ['tenant', 'operator'] as const satisfies readonly Scope[]
/** Keys that may see what calls cost: an app sees its own, management keys a whole tenant. */
export const billingScopes = ['app', ...managementScopes] as const satisfies readonly Scope[]
/** Whoever sets prices, adds credit or sees every tenant. */
export const operatorScopes = ['operator'] as const satisfies readonly Scope[]

const described = {
  app: 'an app key (vendo_sk_…)',
  connection: 'a connection key (vendo_sk_…)',
  tenant: "a tenant's management key (vendo_mk_…)",
  operator: "an operator's management key (vendo_mk_…)",
} satisfies Record<Scope, string>

/**
 * Lets only keys of these scopes through, before anything else of the request is read.
 *
 * @throws {VendoError} `app_unknown`, `app_revoked`, `app_expired`, `key_conflict`, or `key_scope` for another kind of key.
 */
export const requireKey =
  (...scopes: readonly Scope[]): MiddlewareHandler<ApiEnvironment> =>
  async (context, next) => {
    const caller = await context.var.authenticate()
    const { scope } = caller.key
    if (!scopes.includes(scope)) {
      throw createVendoError(
        `${context.req.method} ${context.req.path} takes ${scopes.map((allowed) => described[allowed]).join(' or ')}, not ${described[scope]}.`,
        { code: 'key_scope' },
      )
    }
    context.set('caller', caller)
    return await next()
  }
