/** Who a body is held for. */
export interface BodyHolder {
  readonly keyId: string
  readonly tenantId: string
}

/** Whose share has no room for more. */
export type FullShare = 'key' | 'tenant' | 'broker'

/** Counts the request bytes that the whole broker holds in memory at one time, and whose they are. */
export interface BodyBudget {
  /** Names the share that has no room; then nothing was taken. */
  take(holder: BodyHolder, bytes: number): FullShare | undefined
  give(holder: BodyHolder, bytes: number): void
}

/**
 * Creates a budget of so many bytes. All keys of a tenant together get half of it and one key a quarter, so that nobody's
 * half-sent bodies keep the others out.
 */
export const createBodyBudget = (maxBytes: number): BodyBudget => {
  let taken = 0
  const byTenant = new Map<string, number>()
  const byKey = new Map<string, number>()
  return {
    take: ({ keyId, tenantId }, bytes) => {
      const ofKey = (byKey.get(keyId) ?? 0) + bytes
      if (ofKey > maxBytes / 4) return 'key'
      const ofTenant = (byTenant.get(tenantId) ?? 0) + bytes
      if (ofTenant > maxBytes / 2) return 'tenant'
      if (taken + bytes > maxBytes) return 'broker'
      byKey.set(keyId, ofKey)
      byTenant.set(tenantId, ofTenant)
      taken += bytes
      return undefined
    },
    give: ({ keyId, tenantId }, bytes) => {
      lower(byKey, keyId, bytes)
      lower(byTenant, tenantId, bytes)
      taken -= bytes
    },
  }
}

/** Who holds nothing is forgotten. */
const lower = (shares: Map<string, number>, id: string, bytes: number): void => {
  const left = (shares.get(id) ?? 0) - bytes
  if (left > 0) shares.set(id, left)
  else shares.delete(id)
}
