import { createRoute, z } from '@hono/zod-openapi'
import { createVendoError } from '@vendo/contract'
import {
  type MarginResponse,
  type MarginScopeQuery,
  marginSchema,
  marginScopeSchema,
  marginsSchema,
  type SetMarginBody,
  setMarginSchema,
} from '@vendo/contract/api'
import { findIntegration } from '@vendo/integrations'
import type { Context } from 'hono'
import { marginsInForce, scopeKey } from '../meter/margin.ts'
import type { EpochMs, MarginRecord, MarginScope } from '../store/records.ts'
import type { DirectoryStore } from '../store/store.ts'
import type { ApiDependencies } from './api-dependencies.ts'
import type { Api, ApiEnvironment } from './api-environment.ts'
import { assertAtMost, parseMeter } from './bounded-decimal.ts'
import { carryOut } from './carry-out.ts'
import { instantOf } from './instant.ts'
import { jsonBody } from './json-body.ts'
import { onlyOnce } from './only-once.ts'
import { managementScopes, operatorScopes, requireKey } from './require-key.ts'
import {
  idempotencyHeaders,
  json,
  jsonRequest,
  managementSecurity,
  named,
  onceRefusals,
  refusals,
} from './route-documentation.ts'
import { seesListPrices } from './sees-list-prices.ts'

const margin = named('Margin', marginSchema)
const maxMargin = 1000n

const setMarginOf = <Method extends 'post' | 'put'>(method: Method) =>
  createRoute({
    method,
    path: '/api/margins',
    tags: ['prices'],
    summary: 'Set a margin (operator keys)',
    description:
      'The margin is a decimal fraction on top of list price, down to -1. The narrowest one that fits a call wins; without scope fields it is the global one. It replaces the one of exactly its scope from `effective_from` on; earlier calls keep theirs. POST and PUT do the same.',
    security: managementSecurity,
    middleware: [requireKey(...operatorScopes), jsonBody(), onlyOnce()] as const,
    request: { headers: idempotencyHeaders, body: jsonRequest(setMarginSchema) },
    responses: { 200: json('The margin.', margin), ...refusals(...onceRefusals, 'not_found', 'provider_unknown') },
  })
const postMarginRoute = setMarginOf('post')
const putMarginRoute = setMarginOf('put')

const listMarginsRoute = createRoute({
  method: 'get',
  path: '/api/margins',
  tags: ['prices'],
  summary: 'The margins that are set',
  description:
    'Those in force and those to come, with `history=true` all there ever were. A tenant whose operator made it transparent sees its own and those that concern everybody; another tenant sees none.',
  security: managementSecurity,
  middleware: requireKey(...managementScopes),
  request: { query: z.strictObject({ history: z.enum(['true', 'false']).default('false') }) },
  responses: { 200: json('The margins.', named('Margins', marginsSchema)), ...refusals('key_scope') },
})

const deleteMarginRoute = createRoute({
  method: 'delete',
  path: '/api/margins',
  tags: ['prices'],
  summary: 'Remove a margin (operator keys)',
  description:
    'Ends the margin of exactly this scope, and those that were to come. The next wider one takes its place, in the end list price. Its history stays.',
  security: managementSecurity,
  middleware: requireKey(...operatorScopes),
  request: { query: marginScopeSchema },
  responses: {
    200: json('What was removed.', named('Margins', marginsSchema)),
    ...refusals('validation_failed', 'not_found', 'provider_unknown'),
  },
})

/** Adds the margins. */
export const addMarginRoutes = (api: Api, { store, clock, onDirectoryChange }: ApiDependencies): void => {
  const set = async (context: Context<ApiEnvironment>, body: SetMarginBody): Promise<MarginResponse> => {
    assertAtMost(body.margin, maxMargin, 'body `margin`')
    const scope = await checkScope(store, body, 'body')
    const now = clock()
    const effectiveFrom = instantIn(body.effective_from, now)
    const facts = { effectiveFrom, createdAt: now, authorKeyId: context.var.caller.key.id, note: body.note ?? '' }
    const record = { ...scope, margin: body.margin, ...facts }
    const answer = marginResponse(record, effectiveFrom > now ? 'scheduled' : 'in_force')
    const effects = [{ name: 'addMargins', parameter: [record] }] as const
    await carryOut(context, store, { effects, answer: { status: 200, body: answer } })
    onDirectoryChange()
    return answer
  }
  api.openapi(postMarginRoute, async (context) => context.json(await set(context, context.req.valid('json')), 200))
  api.openapi(putMarginRoute, async (context) => context.json(await set(context, context.req.valid('json')), 200))
  api.openapi(listMarginsRoute, async (context) => {
    const { key } = context.var.caller
    if (!(await seesListPrices(store, key, key.tenantId))) {
      throw createVendoError("Margins are the operator's: this tenant sees what it pays.", {
        code: 'key_scope',
        suggestedFix: "Use an operator's key, or let the operator make the tenant transparent.",
      })
    }
    const shown = describe(await store.listMargins(), clock()).filter(
      ({ state }) => state !== 'past' || context.req.valid('query').history === 'true',
    )
    const concerns = ({ tenant_id: of }: MarginResponse) =>
      key.tenantId === null || of === undefined || of === key.tenantId
    // Who set it is known to operators alone.
    const seen = shown
      .filter(concerns)
      .map((each) => (key.tenantId === null ? each : { ...each, author_key_id: null, note: '' }))
    return context.json({ margins: seen }, 200)
  })
  api.openapi(deleteMarginRoute, async (context) => {
    const scope = await checkScope(store, context.req.valid('query'), 'query')
    const now = clock()
    const margins = await store.listMargins()
    const removed = describe(margins, now).filter(
      (each) => each.state !== 'past' && each.margin !== null && scopeKey(scopeOf(each)) === scopeKey(scope),
    )
    if (removed.length === 0) {
      throw createVendoError('There is no margin of exactly this scope.', {
        code: 'not_found',
        suggestedFix: '`GET /api/margins` (`vendo margins list`) shows those that are set.',
      })
    }
    const later = removed.filter(({ state }) => state === 'scheduled').map((each) => Date.parse(each.effective_from))
    const end = { ...scope, margin: null, createdAt: now, authorKeyId: context.var.caller.key.id, note: 'removed' }
    await store.addMargins([now, ...later].map((effectiveFrom) => ({ ...end, effectiveFrom })))
    onDirectoryChange()
    return context.json({ margins: removed }, 200)
  })
}

const instantIn = (text: string | undefined, now: EpochMs): EpochMs => {
  if (text === undefined) return now
  const instant = Date.parse(text)
  if (instant >= now) return instant
  throw createVendoError('body `effective_from`: lies in the past, and calls keep the margins of their admission', {
    code: 'validation_failed',
  })
}

const checkScope = async (
  store: DirectoryStore,
  { tenant_id: tenantId, integration, model, meter }: MarginScopeQuery,
  place: 'body' | 'query',
): Promise<MarginScope> => {
  if (tenantId !== undefined && !(await store.listTenants()).some(({ id }) => id === tenantId)) {
    throw createVendoError(`${place} \`tenant_id\`: there is no such tenant`, { code: 'not_found' })
  }
  if (integration !== undefined) findIntegration(integration)
  if (model !== undefined && integration === undefined) {
    throw createVendoError(`${place} \`model\`: name its \`integration\` too`, { code: 'validation_failed' })
  }
  return {
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(integration === undefined ? {} : { integration }),
    ...(model === undefined ? {} : { model }),
    ...(meter === undefined ? {} : { meter: parseMeter(meter, `${place} \`meter\``) }),
  }
}

/** Every record with what it is at an instant. Of several that take effect together only the last is more than history. */
const describe = (records: readonly MarginRecord[], now: EpochMs): readonly MarginResponse[] => {
  const inForce = new Set<MarginRecord>(marginsInForce(records, now))
  const lastOf = new Map(records.map((record) => [`${record.effectiveFrom} ${scopeKey(record)}`, record]))
  return records.map((record) => {
    const stands = lastOf.get(`${record.effectiveFrom} ${scopeKey(record)}`) === record
    const scheduled = record.effectiveFrom > now && stands
    return marginResponse(record, inForce.has(record) ? 'in_force' : scheduled ? 'scheduled' : 'past')
  })
}

const scopeOf = ({ tenant_id: tenantId, integration, model, meter }: MarginResponse): MarginScope => ({
  ...(tenantId === undefined ? {} : { tenantId }),
  ...(integration === undefined ? {} : { integration }),
  ...(model === undefined ? {} : { model }),
  ...(meter === undefined ? {} : { meter: parseMeter(meter, 'margin `meter`') }),
})

const marginResponse = (record: MarginRecord, state: MarginResponse['state']): MarginResponse => {
  const { tenantId, integration, model, meter } = record
  return {
    ...(tenantId === undefined ? {} : { tenant_id: tenantId }),
    ...(integration === undefined ? {} : { integration }),
    ...(model === undefined ? {} : { model }),
    ...(meter === undefined ? {} : { meter }),
    margin: record.margin,
    state,
    effective_from: instantOf(record.effectiveFrom),
    created_at: instantOf(record.createdAt),
    author_key_id: record.authorKeyId,
    note: record.note,
  }
}
