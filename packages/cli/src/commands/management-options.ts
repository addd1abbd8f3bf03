import type { Command } from 'commander'

/** Options of every command that administers a broker. */
export interface ManagementOptions {
  readonly tenant?: string
  readonly json?: true
}

/** Adds them. */
export const addManagementOptions = (command: Command): Command =>
  command.option('--tenant <id>', 'the tenant, for operators of several').option('--json', 'JSON for machines')

/** A document for machines. */
export const jsonText = (document: unknown): string => `${JSON.stringify(document, null, 2)}\n`
