import { createRoute, z } from '@hono/zod-openapi'
import { createVendoError } from '@vendo/contract'
import { createTenantSchema, type TenantResponse, tenantSchema, updateTenantSchema } from '@vendo/contract/api'
import type { TenantRecord } from '../store/records.ts'
import type { ApiDependencies } from './api-dependencies.ts'
import type { Api } from './api-environment.ts'
import { carryOut } from './carry-out.ts'
import { instantOf } from './instant.ts'
import { jsonBody } from './json-body.ts'
import { onlyOnce } from './only-once.ts'
import { operatorScopes, requireKey } from './require-key.ts'
import {
  bodyRefusals,
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

const updateTenantRoute = createRoute({
  method: 'patch',
  path: '/api/tenants/{id}',
  tags: ['tenants'],
  summary: 'Change what the keys of a tenant see (operator keys)',
  description: 'A transparent tenant sees list prices and margins; another one sees what it pays.',
  security: managementSecurity,
  middleware: [requireKey(...operatorScopes), jsonBody()] as const,
  request: { params: z.object({ id: z.string() }), body: jsonRequest(updateTenantSchema) },
  responses: { 200: json('The tenant.', tenant), ...refusals(...bodyRefusals, 'not_found') },
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
    const { name, transparent = false } = context.req.valid('json')
    const record = { id: newId('tenant'), name, createdAt: clock(), transparent }
    const answer = tenantResponse(record)
    const effects = [{ name: 'createTenant', parameter: record }] as const
    await carryOut(context, store, { effects, answer: { status: 201, body: answer } })
    onDirectoryChange()
    return context.json(answer, 201)
  })
  api.openapi(updateTenantRoute, async (context) => {
    const { id } = context.req.valid('param')
    const { transparent } = context.req.valid('json')
    await store.setTransparent(id, transparent)
    const changed = (await store.listTenants()).find((record) => record.id === id)
    if (changed === undefined) throw createVendoError('There is no such tenant.', { code: 'not_found' })
    return context.json(tenantResponse(changed), 200)
  })
  api.openapi(listTenantsRoute, async (context) =>
    context.json({ tenants: (await store.listTenants()).map(tenantResponse) }, 200),
  )
}

const tenantResponse = ({ id, name, createdAt, transparent = false }: TenantRecord): TenantResponse => ({
  id,
  name,
  created_at: instantOf(createdAt),
  transparent,
})
