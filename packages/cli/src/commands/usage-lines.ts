import { usdFromNanos } from '@vendo/contract'
import { type CallResponse, callsSchema } from '@vendo/contract/api'
import type { CliContext, Output } from '../context.ts'
import type { ApiClient } from '../http/api-client.ts'
import { formatCsv } from '../terminal/format-csv.ts'

/** One line item: what one meter of one call counted and cost. */
export interface LineItem {
  readonly call: CallResponse
  /** A meter, or `adjustment` for what the call is charged beyond its lines: an estimate, a refund. */
  readonly meter: string
  /** Null for an adjustment. */
  readonly quantity: number | null
  readonly rateUsd: string | null
  readonly margin: string | null
  /** Null where the list price is the operator's to see. */
  readonly listNanos: bigint | null
  readonly chargeNanos: bigint
}

/** Which calls to export. */
export interface LinesWanted {
  readonly since: string | null
  readonly keyId?: string | undefined
  readonly appId?: string | undefined
  readonly tenant?: string | undefined
}

/** The line items of a call, which sum to exactly what it is charged. A call that cost and counted nothing has none. */
export const lineItemsOf = (call: CallResponse): readonly LineItem[] => {
  const lines = call.lines.map((line) => ({
    call,
    meter: line.meter,
    quantity: line.quantity,
    rateUsd: line.rate_usd,
    margin: line.margin,
    listNanos: line.list_nanos === null ? null : BigInt(line.list_nanos),
    chargeNanos: BigInt(line.charge_nanos),
  }))
  const listed = lines.reduce((sum, line) => sum + (line.listNanos ?? 0n), 0n)
  const listNanos = call.list_nanos === null ? null : BigInt(call.list_nanos) - listed
  const chargeNanos = BigInt(call.charge_nanos) - lines.reduce((sum, line) => sum + line.chargeNanos, 0n)
  if ((listNanos ?? 0n) === 0n && chargeNanos === 0n) return lines
  return [...lines, { call, meter: 'adjustment', quantity: null, rateUsd: null, margin: null, listNanos, chargeNanos }]
}

/** Writes the line items of calls, oldest first, page by page as they come: memory does not grow with them. */
export const writeLines = async (
  { output, errors }: Pick<CliContext, 'output' | 'errors'>,
  client: ApiClient,
  { format, ...wanted }: LinesWanted & { readonly format: 'csv' | 'json' },
): Promise<void> => {
  const writer = format === 'csv' ? csvWriter(output) : jsonWriter(output)
  let running = 0
  let after: string | undefined
  do {
    const page = await readPage(client, wanted, after)
    running += page.calls.filter(({ state }) => state === 'open').length
    writer.page(page.calls.flatMap(lineItemsOf))
    after = page.next ?? undefined
  } while (after !== undefined)
  writer.end()
  if (running > 0) errors.write(`vendo: ${running} calls still run and have no lines yet\n`)
}

const mostPerPage = '500'

const readPage = (client: ApiClient, { since, keyId, appId, tenant }: LinesWanted, after: string | undefined) =>
  client.send({
    path: '/api/calls',
    query: { since: since ?? undefined, key_id: keyId, app_id: appId, tenant, after, limit: mostPerPage },
    parse: (body) => callsSchema.parse(body),
  })

interface LineWriter {
  page(items: readonly LineItem[]): void
  end(): void
}

const columns: readonly (readonly [string, (item: LineItem) => string | number | null])[] = [
  ['call_id', ({ call }) => call.id],
  ['request_id', ({ call }) => call.request_id],
  ['admitted_at', ({ call }) => call.admitted_at],
  ['settled_at', ({ call }) => call.settled_at],
  ['state', ({ call }) => call.state],
  ['reason', ({ call }) => call.reason],
  ['flags', ({ call }) => call.flags.join(' ')],
  ['integration', ({ call }) => call.integration],
  ['route', ({ call }) => call.route],
  ['model', ({ call }) => call.model],
  ['served_model', ({ call }) => call.served_model],
  ['key_id', ({ call }) => call.key_id],
  ['app_id', ({ call }) => call.app_id],
  ['connection_id', ({ call }) => call.connection_id],
  ['meter', ({ meter }) => meter],
  ['quantity', ({ quantity }) => quantity],
  ['rate_usd', ({ rateUsd }) => rateUsd],
  ['margin', ({ margin }) => margin],
  ['list_usd', ({ listNanos }) => (listNanos === null ? null : usdFromNanos(listNanos))],
  ['charge_usd', ({ chargeNanos }) => usdFromNanos(chargeNanos)],
]

const csvWriter = (output: Output): LineWriter => {
  output.write(formatCsv([columns.map(([name]) => name)]))
  return {
    page: (items) => {
      if (items.length > 0)
        output.write(formatCsv(items.map((item) => columns.map(([, read]) => String(read(item) ?? '')))))
    },
    end: () => undefined,
  }
}

const jsonWriter = (output: Output): LineWriter => {
  let separator = '['
  return {
    page: (items) => {
      for (const item of items) {
        const document = Object.fromEntries(columns.map(([name, read]) => [name, read(item)]))
        output.write(`${separator}\n${JSON.stringify(document)}`)
        separator = ','
      }
    },
    end: () => void output.write(separator === '[' ? '[]\n' : '\n]\n'),
  }
}
