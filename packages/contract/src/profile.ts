/** How a connection's credential is held. */
export const profiles = [
  /** The operator's pooled upstream key, metered and billed. */
  'vendo_managed_pool',
  /** The tenant pasted a key: metered and capped at list price, never charged to the wallet. */
  'byok_static',
  /** An OAuth grant that never expires. */
  'oauth_app_install',
  /** An OAuth grant whose access token rotates. */
  'oauth_refresh',
  /** The other side calls us. */
  'webhook_inbound',
] as const

/** One entry of {@link profiles}. */
export type Profile = (typeof profiles)[number]
