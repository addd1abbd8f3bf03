import {
  type KeyResponse,
  type ScopeLimitsResponse,
  type SharedLimits,
  scopeLimitsSchema,
  spendCapsSchema,
} from '@vendo/contract/api'
import type { Command } from 'commander'
import { formatUsd, placesOf } from '../bill/format-amount.ts'
import type { CliContext } from '../context.ts'
import { listApps } from '../http/choose-app.ts'
import { type Management, openManagement } from '../http/open-management.ts'
import { formatTable } from '../terminal/format-table.ts'
import { printable } from '../terminal/printable.ts'
import { describeLimits } from './describe-limits.ts'
import { listKeys, stateOf } from './list-keys.ts'
import { addManagementOptions, jsonText, type ManagementOptions } from './management-options.ts'

/** `vendo caps list`: what is spent, beside what may be. */
export const addCapsList = (caps: Command, context: CliContext): void => {
  const list = caps.command('list').description('list caps and what is used of them: the tenant, its apps, capped keys')
  addManagementOptions(list)
    .addHelpText('after', '\nExample:\n  vendo caps list')
    .action((options: ManagementOptions) => printCaps(context, options))
}

/** The caps of one scope, beside what counts against them. Money in nano-USD as decimal strings. */
interface CapsRow {
  readonly scope: 'tenant' | 'app' | 'key'
  readonly id: string
  readonly name: string
  readonly limits: SharedLimits
  readonly spend_day_nanos: string
  readonly spend_month_nanos: string
  readonly spend_total_nanos: string
}

const printCaps = async (context: CliContext, { tenant, json }: ManagementOptions): Promise<void> => {
  const rows = await readCaps(await openManagement(context), tenant)
  if (json === true) {
    context.output.write(jsonText(rows))
    return
  }
  const amounts = rows.flatMap((row) => [row.spend_day_nanos, row.spend_month_nanos, row.spend_total_nanos])
  const places = placesOf(amounts.map(BigInt))
  const columns = ['scope', 'id', 'name', 'today', 'this month', 'in all', 'other limits'].map((title) => ({ title }))
  context.output.write(
    formatTable(
      columns,
      rows.map((row) => cellsOf(row, places)),
    ),
  )
}

const readCaps = async (management: Management, tenant: string | undefined): Promise<readonly CapsRow[]> => {
  const apps = await listApps(management, tenant)
  const keys = (await listKeys(management, tenant)).filter((key) => stateOf(key) === 'active')
  const tenantId = tenant ?? apps[0]?.tenant_id ?? keys[0]?.tenant_id ?? undefined
  const rows: CapsRow[] = []
  if (tenantId !== undefined) rows.push(rowOf(await readLimits(management, 'tenant', tenantId), ''))
  for (const { id, name } of apps) rows.push(rowOf(await readLimits(management, 'app', id, tenant), name))
  for (const key of keys.filter(({ limits }) => describeLimits(capsOf(limits)) !== noLimits)) {
    rows.push(await readKeyCaps(management, key))
  }
  return rows
}

const noLimits = describeLimits({})

const readLimits = (
  { client }: Management,
  scope: 'app' | 'tenant',
  id: string,
  tenant?: string,
): Promise<ScopeLimitsResponse> =>
  client.send({
    path: `/api/${scope}s/${encodeURIComponent(id)}/limits`,
    query: scope === 'app' ? { tenant } : {},
    parse: (body) => scopeLimitsSchema.parse(body),
  })

const rowOf = ({ scope, id, limits, use }: ScopeLimitsResponse, name: string): CapsRow => ({
  scope,
  id,
  name,
  limits,
  spend_day_nanos: use.spend_day_nanos,
  spend_month_nanos: use.spend_month_nanos,
  spend_total_nanos: use.spend_total_nanos,
})

const readKeyCaps = async ({ client }: Management, { id, name, limits }: KeyResponse): Promise<CapsRow> => {
  const used = await client.send({
    path: '/api/billing/spend-caps',
    query: { key_id: id },
    parse: (body) => spendCapsSchema.parse(body),
  })
  return {
    scope: 'key',
    id,
    name,
    limits: capsOf(limits),
    spend_day_nanos: used.used_today_nanos ?? `${used.used_today_micros}000`,
    spend_month_nanos: used.used_month_nanos ?? `${used.used_month_micros}000`,
    spend_total_nanos: used.used_total_nanos ?? `${used.used_total_micros}000`,
  }
}

/** The caps among a key's limits. */
const capsOf = ({
  spend_day_usd,
  spend_month_usd,
  spend_total_usd,
  requests_per_minute,
  tokens_per_minute,
  concurrency,
}: SharedLimits): SharedLimits =>
  Object.fromEntries(
    Object.entries({
      spend_day_usd,
      spend_month_usd,
      spend_total_usd,
      requests_per_minute,
      tokens_per_minute,
      concurrency,
    }).filter(([, limit]) => limit !== undefined),
  )

const cellsOf = (row: CapsRow, places: number): readonly string[] => {
  const { spend_day_usd: day, spend_month_usd: month, spend_total_usd: total, ...others } = row.limits
  const spent = (nanos: string, cap: string | undefined): string =>
    `${formatUsd(BigInt(nanos), places)}${cap === undefined ? '' : ` of $${cap}`}`
  return [
    row.scope,
    row.id,
    printable(row.name),
    spent(row.spend_day_nanos, day),
    spent(row.spend_month_nanos, month),
    spent(row.spend_total_nanos, total),
    Object.keys(others).length === 0 ? '' : describeLimits(others),
  ]
}
