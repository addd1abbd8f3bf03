import { createVendoError, type VendoError } from '@vendo/contract'
import { overrideVariable, suggestSlug } from '../slug.ts'
import type { Lookup, Step } from './source.ts'

/**
 * The error for a search without a result: names what was tried, and the one thing that fixes it.
 *
 * @param refusal what the Vendo API said, where it was asked.
 */
export const createNotConnected = (lookup: Lookup, steps: readonly Step[], refusal?: VendoError): VendoError => {
  const { slug } = lookup
  const reasons = steps.filter(({ state }) => state === 'absent').map(({ reason }) => reason)
  // Two sources may have looked at one variable.
  const tried = [...new Set(reasons)]
  const suggestedFix = fixOf(lookup, refusal)
  return createVendoError(`"${slug}" is not connected. Tried: ${tried.join('; ')}. ${suggestedFix}`, {
    code: refusal?.code ?? 'not_connected',
    status: refusal?.status,
    slug,
    connectUrl: refusal?.connectUrl,
    retryAfter: refusal?.retryAfter,
    requestId: refusal?.requestId,
    suggestedFix,
    cause: refusal,
  })
}

const fixOf = ({ slug, row, settings }: Lookup, refusal: VendoError | undefined): string => {
  const meant = row === undefined ? suggestSlug(slug, settings.rows.keys()) : undefined
  if (meant !== undefined) return `Did you mean "${meant}"?`
  if (settings.apiKey !== undefined) return connectFix(slug, refusal)
  if (row !== undefined) return `Set ${row.primary}, in the environment or in .env.`
  return `Set ${overrideVariable(slug)}, or name its variable with the \`integrations\` option.`
}

const connectFix = (slug: string, refusal: VendoError | undefined): string => {
  if (refusal?.connectUrl !== undefined) return `Connect it at ${refusal.connectUrl}.`
  return `Run \`vendo connect ${slug}\`, and bind the connection to this app.`
}
