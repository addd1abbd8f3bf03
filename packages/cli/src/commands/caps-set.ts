import { type KeyLimits, keySchema, type SharedLimits, scopeLimitsSchema } from '@vendo/contract/api'
import { Argument, type Command } from 'commander'
import type { CliContext } from '../context.ts'
import { chooseApp } from '../http/choose-app.ts'
import { type Management, openManagement } from '../http/open-management.ts'
import { CliError } from '../terminal/cli-error.ts'
import { type None, parseCountLimit, parseUsdLimit } from '../terminal/parse-limit.ts'
import { describeLimits } from './describe-limits.ts'
import { listKeys } from './list-keys.ts'
import { addManagementOptions, jsonText, type ManagementOptions } from './management-options.ts'

type Scope = 'app' | 'tenant' | 'key'

interface CapsSetOptions extends ManagementOptions {
  readonly day?: string
  readonly month?: string
  readonly total?: string
  readonly rpm?: number | None
  readonly tpm?: number | None
  readonly concurrency?: number | None
}

/** `vendo caps set`: from the next call on. */
export const addCapsSet = (caps: Command, context: CliContext): void => {
  const set = caps
    .command('set')
    .description('set or take away caps, from the next call on; those that are not named stay')
    .addArgument(new Argument('<scope>', 'whose caps').choices(['app', 'tenant', 'key']))
    .argument('<id>', 'an id; for an app its name will do')
    .option('--day <usd>', 'most it may spend in a UTC day, or none', parseUsdLimit)
    .option('--month <usd>', 'most it may spend in a UTC month, or none', parseUsdLimit)
    .option('--total <usd>', 'most it may spend at all, or none', parseUsdLimit)
    .option('--rpm <n>', 'requests per minute, or none', parseCountLimit)
    .option('--tpm <n>', 'tokens per minute, or none', parseCountLimit)
    .option('--concurrency <n>', 'calls at one time, or none', parseCountLimit)
  addManagementOptions(set)
    .addHelpText('after', '\nExample:\n  vendo caps set app default --day 5 --month none')
    .action((scope: Scope, id: string, options: CapsSetOptions) => setCaps(context, { scope, id, options }))
}

interface Wanted {
  readonly scope: Scope
  readonly id: string
  readonly options: CapsSetOptions
}

const setCaps = async (context: CliContext, { scope, id, options }: Wanted): Promise<void> => {
  const change = changeOf(options)
  if (Object.keys(change).length === 0) {
    throw new CliError('No cap is named.', 'Use --day, --month, --total, --rpm, --tpm or --concurrency.', 2)
  }
  const management = await openManagement(context)
  const answer =
    scope === 'key'
      ? await setKeyCaps(management, { id, change, options })
      : await setSharedCaps(management, { scope, id, change, options })
  if (options.json === true) {
    context.output.write(jsonText(answer))
    return
  }
  context.output.write(`The ${scope} ${answer.id} now has ${describeLimits(answer.limits)}.\n`)
}

/** Limits to set or to take away. */
type LimitChange = { readonly [Name in keyof SharedLimits]: SharedLimits[Name] | None }

const changeOf = ({ day, month, total, rpm, tpm, concurrency }: CapsSetOptions): LimitChange => ({
  ...(day !== undefined && { spend_day_usd: day }),
  ...(month !== undefined && { spend_month_usd: month }),
  ...(total !== undefined && { spend_total_usd: total }),
  ...(rpm !== undefined && { requests_per_minute: rpm }),
  ...(tpm !== undefined && { tokens_per_minute: tpm }),
  ...(concurrency !== undefined && { concurrency }),
})

const merge = <Limits extends SharedLimits>(limits: Limits, change: LimitChange): Limits =>
  Object.fromEntries(Object.entries({ ...limits, ...change }).filter(([, limit]) => limit !== 'none')) as Limits

interface Change extends Omit<Wanted, 'scope'> {
  readonly change: LimitChange
}

const setSharedCaps = async (
  management: Management,
  { scope, id, change, options: { tenant } }: Change & { readonly scope: 'app' | 'tenant' },
) => {
  const subject = scope === 'app' ? (await chooseApp(management, { app: id, tenant })).id : id
  const path = `/api/${scope}s/${encodeURIComponent(subject)}/limits`
  const query = scope === 'app' ? { tenant } : {}
  const parse = (body: unknown) => scopeLimitsSchema.parse(body)
  const { limits } = await management.client.send({ path, query, parse })
  return management.client.send({ method: 'PUT', path, query, body: merge(limits, change), parse })
}

const setKeyCaps = async (management: Management, { id, change, options: { tenant } }: Change) => {
  const key = (await listKeys(management, tenant)).find((each) => each.id === id)
  if (key === undefined) {
    throw new CliError(`There is no key ${JSON.stringify(id.slice(0, 40))}.`, 'Find the id with `vendo keys list`.')
  }
  return management.client.send({
    method: 'PATCH',
    path: `/api/keys/${encodeURIComponent(id)}`,
    body: { limits: merge<KeyLimits>(key.limits, change) },
    parse: (body) => keySchema.parse(body),
  })
}
