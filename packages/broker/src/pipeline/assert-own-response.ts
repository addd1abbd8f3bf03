import { createVendoError } from '@vendo/contract'
import type { Route } from '@vendo/integrations/providers'
import { scanTopLevelMembers } from '@vendo/wire'
import { admissionDeadlineMs, withinDeadline } from '../outbox/store-deadline.ts'
import type { LedgerStore } from '../store/store.ts'
import type { InFlight } from './in-flight.ts'
import type { Admission, Caller, Target } from './records.ts'
import type { Soon } from './soon.ts'

/** What tells whose a stored response is. */
export interface ResponseOwners {
  readonly store: Pick<LedgerStore, 'ownsResponse'>
  readonly inFlight: Pick<InFlight, 'isAnswering' | 'settled'>
}

/** What may name a stored response. */
export interface ResponseUse {
  readonly caller: Caller
  readonly target: Target
  readonly route: Route
  /** Canonical path. */
  readonly path: string
  readonly body: Admission['body']
}

/**
 * A pooled credential sees the stored responses of every tenant, so an id counts only for the tenant whose call made it.
 * On a tenant's own credential the provider decides.
 *
 * @throws {VendoError} `job_not_found`
 */
export const assertOwnResponse = ({ store, inFlight }: ResponseOwners, use: ResponseUse): Soon<void> => {
  const named = use.target.byok ? [] : namedResponses(use)
  return named.length === 0 ? undefined : assertEach({ store, inFlight }, use, named)
}

const assertEach = async (
  { store, inFlight }: ResponseOwners,
  { caller, target }: ResponseUse,
  ids: readonly string[],
): Promise<void> => {
  for (const id of ids) {
    if (inFlight.isAnswering(caller.tenantId, id)) continue
    const owned = inFlight.settled().then(() => store.ownsResponse(caller.tenantId, id))
    if (await withinDeadline(owned, admissionDeadlineMs)) continue
    throw createVendoError(`There is no response ${JSON.stringify(id.slice(0, 100))} of yours.`, {
      code: 'job_not_found',
      slug: target.provider.slug,
      suggestedFix: 'Check the id, and that a key of the same tenant made the response.',
    })
  }
}

const namedResponses = ({ route, path, body }: ResponseUse): readonly string[] => {
  const named: string[] = []
  const position = route.ownedBySegment === undefined ? -1 : route.path.split('/').indexOf(route.ownedBySegment)
  const inPath = position < 0 ? undefined : path.split('/')[position]
  if (inPath !== undefined) named.push(inPath)
  const inBody = route.wireFormat === 'openai-responses' && body !== null ? previousResponse(body) : undefined
  if (inBody !== undefined) named.push(inBody)
  return named
}

const memberName = 'previous_response_id'

const previousResponse = (body: Uint8Array): string | undefined => {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  // A search is much cheaper than a scan, and sure: letters of a name can be written as `\u` escapes, and in no other way.
  if (!bytes.includes(memberName) && !bytes.includes('\\u')) return undefined
  const member = scanTopLevelMembers(bytes)?.members.find(({ key }) => key === memberName)
  if (member === undefined) return undefined
  const value: unknown = JSON.parse(bytes.toString('utf8', member.valueStart, member.valueEnd))
  return typeof value === 'string' ? value : undefined
}
