import { keySchema } from '@vendo/contract/api'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { openManagement } from '../http/open-management.ts'
import { CliError } from '../terminal/cli-error.ts'
import { addManagementOptions, jsonText, type ManagementOptions } from './management-options.ts'

/** `vendo keys revoke`: ends a key at its next call. */
export const addKeysRevoke = (keys: Command, context: CliContext): void => {
  const revoke = keys
    .command('revoke')
    .description('revoke a key: its next call is refused')
    .argument('<id>', 'as `vendo keys list` shows it')
  addManagementOptions(revoke)
    .addHelpText('after', '\nExample:\n  vendo keys revoke key_abc123')
    .action((id: string, options: ManagementOptions) => revokeOne(context, id, options))
}

const revokeOne = async (context: CliContext, id: string, { json }: ManagementOptions): Promise<void> => {
  if (/^vendo_/.test(id)) {
    throw new CliError(
      'That is a key, not the id of one.',
      'Find the id with `vendo keys list`; this key now stands in your shell history.',
    )
  }
  const { client } = await openManagement(context)
  const key = await client.send({
    method: 'DELETE',
    path: `/api/keys/${encodeURIComponent(id)}`,
    parse: (body) => keySchema.parse(body),
  })
  if (json === true) context.output.write(jsonText(key))
  else context.output.write(`Revoked ${key.id} (${key.display}) at ${key.revoked_at}.\n`)
}
