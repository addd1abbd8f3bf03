import { createRoute, z } from '@hono/zod-openapi'
import { createVendoError } from '@vendo/contract'
import { type MarginBody, marginSchema } from '@vendo/contract/api'
import { findIntegration } from '@vendo/integrations'
import type { KeyRecord, MarginRecord } from '../store/records.ts'
import type { DirectoryStore } from '../store/store.ts'
import type { ApiDependencies } from './api-dependencies.ts'
import type { Api } from './api-environment.ts'
import { assertAtMost, parseMeter } from './bounded-decimal.ts'
import { jsonBody } from './json-body.ts'
import { managementScopes, operatorScopes, requireKey } from './require-key.ts'
import { bodyRefusals, json, jsonRequest, managementSecurity, named, refusals } from './route-documentation.ts'

const margin = named('Margin', marginSchema)
const mostMargin = 1000n

const putMarginRoute = createRoute({
  method: 'put',
  path: '/api/margins',
  tags: ['prices'],
  summary: 'Set a margin (operator keys)',
  description:
    'The margin is a decimal fraction on top of list price. The narrowest one that fits a call wins; without scope fields it is the global one.',
  security: managementSecurity,
  middleware: [requireKey(...operatorScopes), jsonBody()] as const,
  request: { body: jsonRequest(marginSchema) },
  responses: { 200: json('The margin.', margin), ...refusals(...bodyRefusals, 'not_found', 'provider_unknown') },
})

const listMarginsRoute = createRoute({
  method: 'get',
  path: '/api/margins',
  tags: ['prices'],
  summary: 'The margins that are set',
  description: 'A tenant sees its own and those that concern everybody.',
  security: managementSecurity,
  middleware: requireKey(...managementScopes),
  responses: { 200: json('The margins.', z.object({ margins: z.array(margin) })), ...refusals() },
})

/** Adds the margins. */
export const addMarginRoutes = (api: Api, { store, onDirectoryChange }: ApiDependencies): void => {
  api.openapi(putMarginRoute, async (context) => {
    const record = await checkMargin(store, context.req.valid('json'))
    await store.putMargin(record)
    onDirectoryChange()
    return context.json(marginResponse(record), 200)
  })
  api.openapi(listMarginsRoute, async (context) => {
    const margins = await store.listMargins()
    const visible = margins.filter((record) => concerns(record, context.var.caller.key))
    return context.json({ margins: visible.map(marginResponse) }, 200)
  })
}

const checkMargin = async (store: DirectoryStore, body: MarginBody): Promise<MarginRecord> => {
  const { tenant_id: tenantId, integration, meter, margin: fraction } = body
  assertAtMost(fraction, mostMargin, 'body `margin`')
  if (tenantId !== undefined && !(await store.listTenants()).some(({ id }) => id === tenantId)) {
    throw createVendoError('body `tenant_id`: there is no such tenant', { code: 'not_found' })
  }
  if (integration !== undefined) findIntegration(integration)
  return {
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(integration === undefined ? {} : { integration }),
    ...(meter === undefined ? {} : { meter: parseMeter(meter, 'body `meter`') }),
    margin: fraction,
  }
}

const concerns = ({ tenantId }: MarginRecord, key: KeyRecord): boolean =>
  tenantId === undefined || key.tenantId === null || key.tenantId === tenantId

const marginResponse = ({ tenantId, integration, meter, margin: fraction }: MarginRecord): MarginBody => ({
  ...(tenantId === undefined ? {} : { tenant_id: tenantId }),
  ...(integration === undefined ? {} : { integration }),
  ...(meter === undefined ? {} : { meter }),
  margin: fraction,
})
