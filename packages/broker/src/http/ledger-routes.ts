import { createRoute } from '@hono/zod-openapi'
import { ledgerReportSchema } from '@vendo/contract/api'
import type { ApiDependencies } from './api-dependencies.ts'
import type { Api } from './api-environment.ts'
import { operatorScopes, requireKey } from './require-key.ts'
import { json, managementSecurity, named, refusals } from './route-documentation.ts'

const verifyRoute = createRoute({
  method: 'get',
  path: '/api/ledger/verify',
  tags: ['ledger'],
  summary: 'Recompute every balance from the rows (operator keys)',
  description: 'Covers every tenant of the store, so only operator keys see it.',
  security: managementSecurity,
  middleware: requireKey(...operatorScopes),
  responses: {
    200: json('What was checked and what is wrong.', named('LedgerReport', ledgerReportSchema)),
    ...refusals(),
  },
})

/** Adds the audit of the ledger. */
export const addLedgerRoutes = (api: Api, { store }: ApiDependencies): void => {
  api.openapi(verifyRoute, async (context) => {
    const { ok, accounts, rows, openHolds, problems } = await store.verify()
    return context.json({ ok, checked: { accounts, rows, open_holds: openHolds }, problems: [...problems] }, 200)
  })
}
