import { createVendoError, type VendoError } from '@vendo/contract'
import type { Route } from '@vendo/integrations/providers'
import type { StoredReference } from '@vendo/wire'
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

/** What may name objects that are stored at the provider. */
export interface ReferenceUse {
  readonly caller: Caller
  readonly target: Target
  readonly route: Route
  /** Canonical path. */
  readonly path: string
  readonly admission: Pick<Admission, 'metered' | 'references'>
}

/**
 * A pooled credential sees the stored objects of every tenant. A response counts only for the tenant whose call made it.
 * Of all other objects the ledger does not know whose they are, so a request on a pooled credential may not name one.
 * On a tenant's own credential the provider decides.
 *
 * @throws {VendoError} `job_not_found` for a response of somebody else, `binding_missing` for any other stored object.
 */
export const assertOwnReferences = (owners: ResponseOwners, use: ReferenceUse): Soon<void> => {
  if (use.target.byok) return undefined
  const named = [...inPath(use), ...inBody(use)]
  const responses = named.flatMap(({ kind, id }) => (kind === 'response' && id !== null ? [id] : []))
  const other = named.find(({ kind, id }) => kind !== 'response' || id === null)
  if (other !== undefined) throw storedElsewhere(other, use.target)
  return responses.length === 0 ? undefined : assertEach(owners, use, responses)
}

const assertEach = async (
  { store, inFlight }: ResponseOwners,
  { caller, target }: ReferenceUse,
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

const inPath = ({ route, path }: ReferenceUse): readonly StoredReference[] => {
  const position = route.ownedBySegment === undefined ? -1 : route.path.split('/').indexOf(route.ownedBySegment)
  const id = position < 0 ? undefined : path.split('/')[position]
  return id === undefined ? none : [{ path: 'path', kind: 'response', id }]
}

const inBody = ({ admission: { metered, references } }: ReferenceUse): readonly StoredReference[] =>
  metered?.facts.storedReferences ?? references ?? none

const none: readonly never[] = []

const kinds: Readonly<Record<StoredReference['kind'], string>> = {
  response: 'response',
  item: 'item',
  conversation: 'conversation',
  prompt: 'prompt',
  container: 'container',
  file: 'file',
  vector_store: 'vector store',
  audio: 'audio answer',
  thread: 'thread',
  cached_content: 'cached content',
  file_uri: 'file',
}

const storedElsewhere = ({ path, kind }: StoredReference, { provider: { slug } }: Target): VendoError =>
  createVendoError(
    `${JSON.stringify(path.slice(0, 100))} names a stored ${kinds[kind]} of an account that several tenants share, and Vendo does not know whose it is.`,
    {
      code: 'binding_missing',
      slug,
      suggestedFix: `Send its content in the request, or connect an account of your own with \`vendo connect ${slug}\` and bind it to the app.`,
    },
  )
