import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { openManagement } from '../http/open-management.ts'
import { formatTable } from '../terminal/format-table.ts'
import { paintFor } from '../terminal/paint.ts'
import { printable } from '../terminal/printable.ts'
import { describeLimits } from './describe-limits.ts'
import { listKeys, stateOf } from './list-keys.ts'
import { addManagementOptions, jsonText, type ManagementOptions } from './management-options.ts'

interface KeysListOptions extends ManagementOptions {
  readonly all?: true
}

/** `vendo keys list`. */
export const addKeysList = (keys: Command, context: CliContext): void => {
  const list = keys.command('list').description('list the keys').option('--all', 'revoked and expired ones, too')
  addManagementOptions(list)
    .addHelpText('after', '\nExample:\n  vendo keys list --all')
    .action((options: KeysListOptions) => printKeys(context, options))
}

const printKeys = async (context: CliContext, { all, tenant, json }: KeysListOptions): Promise<void> => {
  const keys = await listKeys(await openManagement(context), tenant)
  const shown = all === true ? keys : keys.filter((key) => stateOf(key) === 'active')
  if (json === true) {
    context.output.write(jsonText(shown))
    return
  }
  const { dim } = paintFor(context, context.output)
  const columns = ['id', 'name', 'key', 'for', 'state', 'limits'].map((title) => ({ title }))
  const rows = shown.map((key) => {
    const subject = key.kind === 'management' ? `${key.scope} management` : (key.app_id ?? key.connection_id ?? '')
    const cells = [key.id, printable(key.name), key.display, subject, stateOf(key), describeLimits(key.limits)]
    return stateOf(key) === 'active' ? cells : cells.map(dim)
  })
  context.output.write(formatTable(columns, rows))
  const hidden = keys.length - shown.length
  if (hidden > 0) context.errors.write(`vendo: ${hidden} revoked or expired not shown: use --all\n`)
}
