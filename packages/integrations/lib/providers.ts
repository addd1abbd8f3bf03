import { providers } from '../providers.gen.ts'
import type { Provider } from './provider.ts'

export { providers } from '../providers.gen.ts'
export type { ApplyCredential, BoundConstants, Provider, Route, SoundForm, ToolConstants } from './provider.ts'
export { bearer, defineProvider, header } from './provider.ts'

/** The adapter of one slug; `undefined` if the integration is unknown or not proxied. */
export const findProvider = (slug: string): Provider | undefined => providers[slug]
