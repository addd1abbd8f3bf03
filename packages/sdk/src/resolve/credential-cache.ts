/** What the Vendo API hands out. */
export interface ApiCredential {
  readonly token: string
  readonly baseURL: string | undefined
  readonly expiresAt: Date | undefined
}

/** What the cache asks when it has nothing. */
export interface CredentialLoader {
  readonly loadOne: (slug: string) => Promise<ApiCredential>
  /** Several at once. The function it gives takes one out, and throws for a slug that has none. */
  readonly loadMany: (slugs: readonly string[]) => Promise<(slug: string) => ApiCredential>
}

/** Credentials of the Vendo API. Callers at the same time share one request; a failure is shared, but not kept. */
export interface CredentialCache {
  readonly get: (slug: string) => Promise<ApiCredential>
  /** Starts one request for those that are not there yet; the next `get` of each waits for it. */
  readonly prime: (slugs: readonly string[]) => void
  /** Forgets one, also one that is on its way. */
  readonly invalidate: (slug: string) => void
}

const safetyMs = 60_000
const unknownExpiryMs = 50 * 60_000

interface Entry {
  readonly credential: Promise<ApiCredential>
  /** Infinite while the request is on its way. */
  freshUntilMs: number
}

/** @param now milliseconds since the epoch. */
export const createCredentialCache = (loader: CredentialLoader, now: () => number): CredentialCache => {
  const entries = new Map<string, Entry>()

  const isFresh = (slug: string): boolean => (entries.get(slug)?.freshUntilMs ?? 0) > now()

  const put = (slug: string, credential: Promise<ApiCredential>): Promise<ApiCredential> => {
    const entry: Entry = { credential, freshUntilMs: Number.POSITIVE_INFINITY }
    entries.set(slug, entry)
    credential.then(
      ({ expiresAt }) => {
        entry.freshUntilMs = expiresAt === undefined ? now() + unknownExpiryMs : expiresAt.getTime() - safetyMs
      },
      () => {
        if (entries.get(slug) === entry) entries.delete(slug)
      },
    )
    return credential
  }

  return {
    get: (slug) => {
      const known = entries.get(slug)
      return known !== undefined && isFresh(slug) ? known.credential : put(slug, loader.loadOne(slug))
    },
    prime: (slugs) => {
      const missing = [...new Set(slugs)].filter((slug) => !isFresh(slug))
      if (missing.length === 0) return
      const answers = loader.loadMany(missing)
      for (const slug of missing) {
        put(
          slug,
          answers.then((take) => take(slug)),
        )
      }
    },
    invalidate: (slug) => {
      entries.delete(slug)
    },
  }
}
