import type { KeyRecord } from '../../store/records.ts'

type Scope = KeyRecord['scope']

const everyKey: readonly Scope[] = ['app', 'connection', 'tenant', 'operator']
const billing: readonly Scope[] = ['app', 'tenant', 'operator']
const management: readonly Scope[] = ['tenant', 'operator']
const app: readonly Scope[] = ['app']
const operator: readonly Scope[] = ['operator']

/** Who may call what, written down a second time: the routes themselves must not be their own test. */
export const accessTable: Readonly<Record<string, readonly Scope[]>> = {
  'GET /credentials/_bulk': app,
  'GET /credentials/{slug}': app,
  'GET /api/deployments/me': app,
  'GET /api/deployments/me/connections': app,
  'GET /api/billing/balance': everyKey,
  'GET /api/billing/spend-caps': billing,
  'GET /api/billing/usage': billing,
  'GET /api/calls': billing,
  'GET /api/events': billing,
  'POST /api/billing/topups': operator,
  'POST /api/calls/{id}/refund': operator,
  'POST /api/tenants': operator,
  'GET /api/tenants': operator,
  'PATCH /api/tenants/{id}': operator,
  'GET /api/tenants/{id}/limits': management,
  'PUT /api/tenants/{id}/limits': operator,
  'POST /api/apps': management,
  'GET /api/apps/{id}/limits': management,
  'PUT /api/apps/{id}/limits': management,
  'GET /api/apps': management,
  'POST /api/connections': management,
  'GET /api/connections': management,
  'DELETE /api/connections/{id}': management,
  'POST /api/bindings': management,
  'GET /api/bindings': management,
  'DELETE /api/bindings': management,
  'POST /api/keys': management,
  'GET /api/keys': management,
  'PATCH /api/keys/{id}': management,
  'DELETE /api/keys/{id}': management,
  'GET /api/ledger/verify': operator,
  'PUT /api/margins': operator,
  'POST /api/margins': operator,
  'DELETE /api/margins': operator,
  // And keys of tenants that are transparent, which those of the test are not.
  'GET /api/margins': operator,
  'PUT /api/rates/{slug}': operator,
  'GET /api/rates/{slug}': management,
  'POST /api/rates/openrouter/import': operator,
  'POST /api/rates/update': operator,
}

/** Addresses that take no key. */
export const publicAddresses = [
  'GET /healthz',
  'GET /readyz',
  'GET /api/integrations',
  'GET /api/integrations/{slug}',
] as const

/** An address with its parameters filled in, good enough to get past authentication. */
export const filledIn = (line: string): string => line.replace('{slug}', 'anthropic').replace('{id}', 'none')
