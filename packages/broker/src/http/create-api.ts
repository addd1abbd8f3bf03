import { OpenAPIHono } from '@hono/zod-openapi'
import { createVendoError, headerNames } from '@vendo/contract'
import type { Context, HonoRequest } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { allowedMethods } from './allowed-methods.ts'
import type { ApiDependencies } from './api-dependencies.ts'
import type { Api, ApiEnvironment } from './api-environment.ts'
import { addAppRoutes } from './app-routes.ts'
import { authenticateCaller } from './authenticate-caller.ts'
import { addBindingRoutes } from './binding-routes.ts'
import { addCallRoutes } from './call-routes.ts'
import { addConnectionRoutes } from './connection-routes.ts'
import { addCredentialRoutes } from './credential-routes.ts'
import { addDeploymentRoutes } from './deployment-routes.ts'
import { describeIssues } from './describe-issues.ts'
import { addEventRoutes } from './event-routes.ts'
import { addHealthRoutes } from './health-routes.ts'
import { addIntegrationRoutes } from './integration-routes.ts'
import { addKeyChangeRoutes } from './key-change-routes.ts'
import { addKeyRoutes } from './key-routes.ts'
import { addLedgerRoutes } from './ledger-routes.ts'
import { addLimitRoutes } from './limit-routes.ts'
import { addMarginRoutes } from './margin-routes.ts'
import { addOpenApiDocument } from './openapi-document.ts'
import { addRateRoutes } from './rate-routes.ts'
import { addRateUpdateRoutes } from './rate-update-routes.ts'
import { addRefundRoutes } from './refund-routes.ts'
import { isUnexpected, refusalOf } from './refusal.ts'
import { ReplayedAnswer } from './replayed-answer.ts'
import { addTenantRoutes } from './tenant-routes.ts'
import { addUsageRoutes } from './usage-routes.ts'
import { addWalletRoutes } from './wallet-routes.ts'

const mostPathCharacters = 120

/**
 * The broker's HTTP API: management, credentials, billing and probes, as a `fetch` handler. Every refusal has the body of
 * `errorBodySchema` and the `Vendo-Error-Code` header; every answer has a request id. It never proxies.
 *
 * @example
 * const response = await createApi(dependencies).request('/healthz')
 */
export const createApi = (dependencies: ApiDependencies): Api => {
  const api = new OpenAPIHono<ApiEnvironment>({
    defaultHook: (result) => {
      if (!result.success) throw describeIssues(result.target, result.error.issues)
    },
  })
  addContext(api, dependencies)
  addRefusals(api, dependencies)
  addHealthRoutes(api, dependencies)
  addIntegrationRoutes(api)
  addCredentialRoutes(api, dependencies)
  addDeploymentRoutes(api, dependencies)
  addWalletRoutes(api, dependencies)
  addUsageRoutes(api, dependencies)
  addCallRoutes(api, dependencies)
  addRefundRoutes(api, dependencies)
  addEventRoutes(api, dependencies)
  addTenantRoutes(api, dependencies)
  addAppRoutes(api, dependencies)
  addConnectionRoutes(api, dependencies)
  addBindingRoutes(api, dependencies)
  addKeyRoutes(api, dependencies)
  addKeyChangeRoutes(api, dependencies)
  addLimitRoutes(api, dependencies)
  addLedgerRoutes(api, dependencies)
  addMarginRoutes(api, dependencies)
  addRateRoutes(api, dependencies)
  addRateUpdateRoutes(api, dependencies)
  addOpenApiDocument(api, dependencies)
  return api
}

const addContext = (api: Api, dependencies: ApiDependencies): void => {
  api.use(async (context, next) => {
    const requestId = dependencies.newId('request')
    context.set('requestId', requestId)
    context.set('authenticate', () => authenticateCaller(dependencies, { get: (name) => context.req.header(name) }))
    context.set('findAnswer', (owner, idempotencyKey) => dependencies.store.findAnswer(owner, idempotencyKey))
    await next()
    context.res.headers.set(headerNames.requestId, requestId)
    context.res.headers.set('cache-control', 'no-store')
    context.res.headers.set('x-content-type-options', 'nosniff')
    if (leavesBody(context.req)) context.res.headers.set('connection', 'close')
  })
}

/** Refused before its body was read: the server then drops the connection, and the client must not reuse it. */
const leavesBody = ({ method, raw }: HonoRequest): boolean =>
  method !== 'GET' && method !== 'HEAD' && raw.body !== null && !raw.bodyUsed

const addRefusals = (api: Api, { onUnexpectedError }: ApiDependencies): void => {
  api.onError((error, context) => {
    if (error instanceof ReplayedAnswer) {
      return context.json(error.body, error.status as ContentfulStatusCode, { 'idempotent-replayed': 'true' })
    }
    if (isUnexpected(error)) onUnexpectedError?.(error, context.var.requestId)
    return answerRefusal(context, error)
  })
  // Answered, not thrown: what is thrown here passes by the middleware that adds the request id.
  api.notFound((context) => {
    const { method, path } = context.req
    const allowed = allowedMethods(api.routes, path)
    if (allowed.length === 0) {
      const message = `There is nothing at ${path.slice(0, mostPathCharacters)}.`
      return answerRefusal(context, createVendoError(message, { code: 'not_found' }))
    }
    context.header('allow', allowed.join(', '))
    const message = `${path.slice(0, mostPathCharacters)} takes ${allowed.join(', ')}, not ${method}.`
    return answerRefusal(context, createVendoError(message, { code: 'method_not_allowed' }))
  })
}

const answerRefusal = (context: Context<ApiEnvironment>, failure: unknown): Response => {
  const { status, headers, body } = refusalOf(failure, context.var.requestId)
  return context.json(body, status as ContentfulStatusCode, { ...headers })
}
