import { createRoute, z } from '@hono/zod-openapi'
import { createTenantSchema, type TenantResponse, tenantSchema } from '@vendo/contract/api'
import type { TenantRecord } from '../store/records.ts'
import type { ApiDependencies } from './api-dependencies.ts'
import type { Api } from './api-environment.ts'
import { carryOut } from './carry-out.ts'
import { instantOf } from './instant.ts'
import { jsonBody } from './json-body.ts'
import { onlyOnce } from './only-once.ts'
import { operatorScopes, requireKey } from './require-key.ts'
import {
  idempotencyHeaders,
  json,
  jsonRequest,
  managementSecurity,
  named,
  onceRefusals,
  refusals,
} from './route-documentation.ts'

const tenant = named('Tenant', tenantSchema)

const createTenantRoute = createRoute({
  method: 'post',
  path: '/api/tenants',
  tags: ['tenants'],
  summary: 'Create a tenant (operator keys)',
  security: managementSecurity,
  middleware: [requireKey(...operatorScopes), jsonBody(), onlyOnce()] as const,
  request: { headers: idempotencyHeaders, body: jsonRequest(createTenantSchema) },
  responses: { 201: json('The new tenant.', tenant), ...refusals(...onceRefusals) },
})

const listTenantsRoute = createRoute({
  method: 'get',
  path: '/api/tenants',
  tags: ['tenants'],
  summary: 'Every tenant (operator keys)',
  security: managementSecurity,
  middleware: requireKey(...operatorScopes),
  responses: { 200: json('The tenants.', z.object({ tenants: z.array(tenant) })), ...refusals() },
})

/** Adds what an operator does with tenants. */
export const addTenantRoutes = (api: Api, { store, clock, newId, onDirectoryChange }: ApiDependencies): void => {
  api.openapi(createTenantRoute, async (context) => {
    const record = { id: newId('tenant'), name: context.req.valid('json').name, createdAt: clock() }
    const answer = tenantResponse(record)
    const effects = [{ name: 'createTenant', parameter: record }] as const
    await carryOut(context, store, { effects, answer: { status: 201, body: answer } })
    onDirectoryChange()
    return context.json(answer, 201)
  })
  api.openapi(listTenantsRoute, async (context) =>
    context.json({ tenants: (await store.listTenants()).map(tenantResponse) }, 200),
  )
}

const tenantResponse = ({ id, name, createdAt }: TenantRecord): TenantResponse => ({
  id,
  name,
  created_at: instantOf(createdAt),
})
