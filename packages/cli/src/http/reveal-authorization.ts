import type { Secret } from '@vendo/contract'

/** The header by which the broker knows who asks. */
export const authorizationHeader = (key: Secret): Readonly<Record<string, string>> => ({
  authorization: `Bearer ${key.reveal()}`,
})
