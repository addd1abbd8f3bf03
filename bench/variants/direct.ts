import { requestBytes } from '../lib/request-bytes.ts'
import { defaultBytes, providerCredential, type Variant } from './variant.ts'

/** Nothing in between. */
export const directVariant = (mockPort: number): Variant => ({
  name: 'direct',
  port: mockPort,
  requestFor: ({ bytes = defaultBytes, ...ask }) =>
    requestBytes({ ...ask, bytes, path: '/v1/messages', headers: providerCredential }),
  stop: async () => undefined,
})
