import type { MarginScopeQuery } from '@vendo/contract/api'
import type { Command } from 'commander'
import { printable } from '../terminal/printable.ts'

/** The options that name a scope. */
export interface MarginScopeOptions {
  readonly tenant?: string
  readonly integration?: string
  readonly model?: string
  readonly meter?: string
}

/** Adds them. */
export const addMarginScope = (command: Command): Command =>
  command
    .option('--tenant <id>', 'only for this tenant')
    .option('--integration <slug>', 'only for this integration')
    .option('--model <name>', 'only for this model; with --integration')
    .option('--meter <name>', 'only for this meter, such as output')

/** The scope as the API names it. */
export const scopeOf = ({ tenant, integration, model, meter }: MarginScopeOptions): MarginScopeQuery => ({
  ...(tenant !== undefined && { tenant_id: tenant }),
  ...(integration !== undefined && { integration }),
  ...(model !== undefined && { model }),
  ...(meter !== undefined && { meter }),
})

/** A scope in words. */
export const describeScope = ({ tenant_id: tenant, integration, model, meter }: MarginScopeQuery): string => {
  const words = [
    ...(tenant === undefined ? [] : [`tenant ${tenant}`]),
    ...(integration === undefined ? [] : [integration]),
    ...(model === undefined ? [] : [model]),
    ...(meter === undefined ? [] : [meter]),
  ]
  return words.length === 0 ? 'every call' : words.map(printable).join(', ')
}
