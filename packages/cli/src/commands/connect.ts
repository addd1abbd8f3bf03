import { looksLikeVendoKey, profiles } from '@vendo/contract'
import type { ConnectionResponse } from '@vendo/contract/api'
import { findIntegration } from '@vendo/integrations'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { CliContext } from '../context.ts'
import { openManagement } from '../http/open-management.ts'
import { connectForApp } from '../http/reveal-connect.ts'
import { CliError } from '../terminal/cli-error.ts'
import { readSecret } from '../terminal/read-secret.ts'
import { addManagementOptions, jsonText, type ManagementOptions } from './management-options.ts'

interface ConnectOptions extends ManagementOptions {
  readonly profile?: (typeof profiles)[number]
  readonly name?: string
  readonly app?: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly secret?: unknown
  readonly key?: unknown
  readonly token?: unknown
  readonly apiKey?: unknown
}

/** `vendo connect`: puts a credential into the broker's vault, and binds the app to it. */
export const addConnect = (program: Command, context: CliContext): void => {
  const connect = program
    .command('connect')
    .description('connect an integration: its secret comes from stdin or a prompt, never from the command line')
    .argument('<slug>', 'an integration, such as anthropic')
    .argument('[refused...]')
    .addOption(new Option('--profile <profile>', 'how the credential is held').choices(profiles))
    .option('--name <name>', 'what to call the connection')
    .option('--app <app>', 'the app that may use it: an id or a name')
    .option('--metadata <name=value>', 'a fact about it, such as telegram_bot_id=123; repeatable', collectMetadata)
  // Declared so that what follows them is refused without being repeated.
  for (const name of ['--secret', '--key', '--token', '--api-key'])
    connect.addOption(new Option(`${name} [x]`).hideHelp())
  addManagementOptions(connect)
    .usage('[options] <slug>')
    .addHelpText('after', '\nExample:\n  vendo connect anthropic < key.txt')
    .action((slug: string, refused: readonly string[], options: ConnectOptions) => {
      const { secret, key, token, apiKey } = options
      if (refused.length > 0 || [secret, key, token, apiKey].some((value) => value !== undefined))
        throw onCommandLine(slug)
      return connectOne(context, slug, options)
    })
}

const collectMetadata = (text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> => {
  const [name = '', ...rest] = text.split('=')
  if (name === '' || rest.length === 0) throw new InvalidArgumentError('It must be name=value.')
  return { ...before, [name]: rest.join('=') }
}

const connectOne = async (context: CliContext, slug: string, options: ConnectOptions): Promise<void> => {
  const { profile, name, metadata, app, tenant } = options
  if (looksLikeVendoKey(slug)) throw onCommandLine('<slug>')
  const integration = findIntegration(slug)
  const management = await openManagement(context)
  const secret = await readSecret(context, `${integration.name} key or token (not shown)`)
  const { connection, replaced } = await connectForApp(management, {
    slug,
    secret,
    ...(profile !== undefined && { profile }),
    ...(name !== undefined && { name }),
    ...(metadata !== undefined && { metadata }),
    app,
    tenant,
  })
  if (options.json === true) {
    context.output.write(jsonText(connection))
    return
  }
  context.output.write(sentence(connection))
  if (replaced) context.errors.write(`vendo: it takes the place of the key that was found in the environment\n`)
  if (management.broker.local?.simulated === true) {
    context.errors.write('vendo: this broker gives simulated answers: start `vendo dev` again to use the connection\n')
  }
}

const sentence = ({ integration, id, profile }: ConnectionResponse): string =>
  `Connected ${integration} as ${id} (${profile}).\n`

const onCommandLine = (slug: string): CliError =>
  new CliError(
    'A secret on the command line is seen by everybody on this machine and kept in the shell history, so it is not taken.',
    `Replace that credential if it was real, and pipe the new one in: vendo connect ${slug} < file.`,
    2,
  )
