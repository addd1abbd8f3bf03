import type { VendoError } from '@vendo/contract'
import type { Trace } from './run-sources.ts'
import type { SourceName } from './source.ts'

/** What one source said. */
export interface SourceReport {
  readonly source: SourceName
  readonly won: boolean
  /** Names variables, files and options; never a value. */
  readonly reason: string
}

/** Why `resolve(slug)` gives what it gives. Holds no credential, so that it can be shown and logged. */
export interface Explanation {
  readonly slug: string
  readonly mode: 'vendo' | 'oss'
  /** The source that won, or null. */
  readonly source: SourceName | null
  /** Every source, in the order in which they are asked. */
  readonly sources: readonly SourceReport[]
  /** Whether `invalidate(slug)` has an effect on this result. */
  readonly canInvalidate: boolean
  /** The same in a sentence. */
  readonly invalidation: string
  /** What `resolve(slug)` rejects with, where nothing won. */
  readonly problem: VendoError | null
}

/** Tells a search without its credential. */
export const explainTrace = (slug: string, mode: 'vendo' | 'oss', { steps, outcome }: Trace): Explanation => {
  const source = 'resolved' in outcome ? outcome.resolved.source : null
  return {
    slug,
    mode,
    source,
    sources: steps.map(({ source: name, state, reason }) => ({ source: name, won: state === 'found', reason })),
    canInvalidate: source === 'api',
    invalidation: describeInvalidation(slug, source),
    problem: 'problem' in outcome ? outcome.problem : null,
  }
}

const describeInvalidation = (slug: string, source: SourceName | null): string => {
  if (source === null) return 'There is no result to invalidate: failures are not kept.'
  if (source === 'api') return `invalidate("${slug}") makes the next call ask the Vendo API again.`
  if (source === 'dotenv') return `invalidate("${slug}") cannot evict it: the .env file is read at each call.`
  return `invalidate("${slug}") cannot evict it: ${source === 'tokens' ? 'the `tokens` option' : 'the environment'} stays as it is.`
}
