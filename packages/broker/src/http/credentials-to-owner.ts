import type { Secret } from '@vendo/contract'

/** The one way in which the API lets a secret out: into the answer to its owner, which is never cached or logged. */
export const credentialsToOwner = (secret: Secret): string => secret.reveal()
