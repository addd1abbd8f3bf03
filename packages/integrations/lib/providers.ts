import type { Provider } from './provider.ts'

export type { ApplyCredential, BoundConstants, Provider, Route } from './provider.ts'
export { bearer, defineProvider, header } from './provider.ts'

/** Every proxied upstream by slug. */
export const providers: Readonly<Record<string, Provider>> = Object.freeze(Object.create(null))

/** The adapter of one slug; `undefined` if the integration is not proxied. */
export const findProvider = (slug: string): Provider | undefined => providers[slug]
