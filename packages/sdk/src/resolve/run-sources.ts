import { createVendoError, isVendoError, NotConnected, type VendoError } from '@vendo/contract'
import { dotenvFile } from './dotenv-file.ts'
import { environment } from './environment.ts'
import { explicitToken } from './explicit-token.ts'
import { injectedVariable } from './injected-variable.ts'
import { createNotConnected } from './not-connected.ts'
import type { LocalSource, Lookup, Resolved, Source, Step } from './source.ts'
import { tokenOverride } from './token-override.ts'
import { vendoApi } from './vendo-api.ts'

const beforeTheApi: readonly LocalSource[] = [explicitToken, tokenOverride, injectedVariable]

/** Every source, in the order in which they are asked. The first hit wins. */
export const sources: readonly Source[] = [...beforeTheApi, vendoApi, environment, dotenvFile]

/** A whole search: its steps, and a result or the error that `resolve` rejects with. */
export interface Trace {
  readonly steps: readonly Step[]
  readonly outcome: { readonly resolved: Resolved } | { readonly problem: VendoError }
}

/** Asks the sources until one has a credential or fails. Never rejects for a missing or failing source. */
export const runSources = async (lookup: Lookup): Promise<Trace> => {
  const steps: Step[] = []
  for (const [index, { name, look }] of sources.entries()) {
    const later = (reason: string) => sources.slice(index + 1).map((source) => notReached(source, reason))
    try {
      const finding = await look(lookup)
      steps.push({ source: name, state: finding.state, reason: finding.reason })
      if (finding.state !== 'found') continue
      const resolved: Resolved = { ...finding.credential, source: name }
      return { steps: [...steps, ...later(`${name} won`)], outcome: { resolved } }
    } catch (cause) {
      const error = toVendoError(cause, lookup.slug)
      const isMiss = error instanceof NotConnected
      steps.push({ source: name, state: isMiss ? 'absent' : 'failed', reason: reasonOf(error) })
      const problem = isMiss ? createNotConnected(lookup, steps, error) : error
      return { steps: [...steps, ...later(`${name} had the last word`)], outcome: { problem } }
    }
  }
  return { steps, outcome: { problem: createNotConnected(lookup, steps) } }
}

/** Whether the search would get as far as the Vendo API. */
export const reachesApi = (lookup: Lookup): boolean => {
  if (lookup.settings.apiKey === undefined) return false
  try {
    return beforeTheApi.every(({ look }) => look(lookup).state !== 'found')
  } catch {
    // The search will meet the same error again, and report it.
    return false
  }
}

const notReached = ({ name }: Source, reason: string): Step => ({
  source: name,
  state: 'not reached',
  reason: `not reached: ${reason}`,
})

const reasonOf = ({ code, message }: VendoError): string => `${message} (${code})`

const toVendoError = (cause: unknown, slug: string): VendoError =>
  isVendoError(cause)
    ? cause
    : createVendoError(`Looking for the credential of "${slug}" failed.`, { code: 'network_error', slug, cause })
