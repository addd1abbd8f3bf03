import type { Mutant } from './mutant.ts'

const keys = 'packages/broker/test/proxy-keys.test.ts'
const authenticate = 'packages/broker/src/pipeline/authenticate.ts'
const bind = 'packages/broker/src/pipeline/bind.ts'

/** Rules of a call through the proxy that no test held. */
export const mutants: readonly Mutant[] = [
  {
    rule: 'a management key never calls a provider',
    file: authenticate,
    find: "key.kind !== 'inference' || ",
    replace: '',
    test: keys,
  },
  {
    rule: "a key of one connection reaches its own tenant's alone",
    file: bind,
    find: 'connection !== null && own(connection) ?',
    replace: 'connection !== null ?',
    test: keys,
  },
  {
    rule: "a binding reaches its own tenant's connection alone",
    file: bind,
    find: 'connections.filter(own)',
    replace: 'connections',
    test: keys,
  },
  {
    rule: 'a revoked connection is refused as revoked',
    file: bind,
    find: "if (status === 'revoked') {",
    replace: "if (status === 'connected') {",
    test: keys,
  },
  {
    rule: 'only a connected connection is used',
    file: bind,
    find: "if (status === 'connected') return",
    replace: 'if (status) return',
    test: keys,
  },
]
