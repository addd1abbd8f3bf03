import { createdKeySchema, type KeyLimits } from '@vendo/contract/api'
import { type Command, Option } from 'commander'
import type { CliContext } from '../context.ts'
import { chooseApp } from '../http/choose-app.ts'
import { type Management, openManagement } from '../http/open-management.ts'
import { parseCount } from '../terminal/parse-count.ts'
import { parseExpiry } from '../terminal/parse-expiry.ts'
import { parseList } from '../terminal/parse-list.ts'
import { parseUsd } from '../terminal/parse-usd.ts'
import { describeLimits } from './describe-limits.ts'
import { addManagementOptions, jsonText, type ManagementOptions } from './management-options.ts'

interface KeysCreateOptions extends ManagementOptions {
  readonly name?: string
  readonly app?: string
  readonly connection?: string
  readonly management?: true
  readonly expires?: string
  readonly capDay?: string
  readonly capMonth?: string
  readonly capTotal?: string
  readonly rpm?: number
  readonly tpm?: number
  readonly concurrency?: number
  readonly models?: readonly string[]
  readonly integrations?: readonly string[]
  readonly allowUnbounded?: true
}

/** `vendo keys create`: prints the key once, alone on stdout. */
export const addKeysCreate = (keys: Command, context: CliContext): void => {
  const create = keys
    .command('create')
    .description('create a key, and print it once')
    .option('--name <name>', 'what it is for')
    .option('--app <app>', 'the app that uses it: an id or a name')
    .addOption(new Option('--connection <id>', 'a key for this one connection').conflicts('app'))
    .addOption(new Option('--management', 'a key that administers and cannot infer').conflicts(['app', 'connection']))
    .option('--expires <when>', 'an instant such as 2030-01-31T00:00:00Z, or a span such as 12h or 30d', parseExpiry)
    .option('--cap-day <usd>', 'most it may spend in a UTC day', parseUsd)
    .option('--cap-month <usd>', 'most it may spend in a UTC month', parseUsd)
    .option('--cap-total <usd>', 'most it may spend at all', parseUsd)
    .option('--rpm <n>', 'requests per minute', parseCount)
    .option('--tpm <n>', 'tokens per minute', parseCount)
    .option('--concurrency <n>', 'calls at one time', parseCount)
    .option('--models <globs>', 'models it may use, as in "claude-haiku-*,gpt-5-mini"', parseList)
    .option('--integrations <slugs>', 'integrations it may use, as in anthropic,openai', parseList)
    .option('--allow-unbounded', 'admit hosted tools that nothing limits, also on a pooled credential')
  addManagementOptions(create)
    .addHelpText('after', '\nExample:\n  vendo keys create --name ci --cap-day 5 --models "claude-haiku-*" > ci.key')
    .action((options: KeysCreateOptions) => createKey(context, options))
}

const createKey = async (context: CliContext, options: KeysCreateOptions): Promise<void> => {
  const management = await openManagement(context)
  const { name, expires, tenant } = options
  const limits = limitsOf(options)
  const created = await management.client.send({
    method: 'POST',
    path: '/api/keys',
    query: { tenant },
    body: {
      kind: options.management === true ? 'management' : 'inference',
      ...(await subjectOf(management, options)),
      ...(name !== undefined && { name }),
      ...(expires !== undefined && { expires_at: expires }),
      ...(Object.keys(limits).length > 0 && { limits }),
    },
    parse: (body) => createdKeySchema.parse(body),
  })
  if (options.json === true) {
    context.output.write(jsonText(created))
    return
  }
  context.output.write(`${created.key}\n`)
  const until = created.expires_at === null ? 'does not expire' : `expires at ${created.expires_at}`
  context.errors.write(
    `vendo: ${created.id}: ${describeLimits(created.limits)}; ${until}; this is the only time it is shown\n`,
  )
}

const subjectOf = async (management: Management, options: KeysCreateOptions): Promise<Record<string, string>> => {
  if (options.management === true) return {}
  if (options.connection !== undefined) return { connection_id: options.connection }
  return { app_id: (await chooseApp(management, options)).id }
}

const limitsOf = (options: KeysCreateOptions): KeyLimits => ({
  ...(options.capDay !== undefined && { spend_day_usd: options.capDay }),
  ...(options.capMonth !== undefined && { spend_month_usd: options.capMonth }),
  ...(options.capTotal !== undefined && { spend_total_usd: options.capTotal }),
  ...(options.rpm !== undefined && { requests_per_minute: options.rpm }),
  ...(options.tpm !== undefined && { tokens_per_minute: options.tpm }),
  ...(options.concurrency !== undefined && { concurrency: options.concurrency }),
  ...(options.models !== undefined && { models: [...options.models] }),
  ...(options.integrations !== undefined && { integrations: [...options.integrations] }),
  ...(options.allowUnbounded === true && { allow_unbounded: true }),
})
