/** A service tier by its plain name, however the enum is written: `SERVICE_TIER_FLEX` is `flex`. */
export const tierName = (value: unknown): string | undefined => {
  if (typeof value !== 'string') return undefined
  const name = value.toLowerCase().replace(/^service_tier_/, '')
  return name === '' || name === 'unspecified' ? undefined : name
}
