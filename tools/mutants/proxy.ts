import type { Mutant } from './mutant.ts'

const lastResorts = 'packages/broker/test/last-resorts.test.ts'
const chargeFailed = 'packages/broker/test/charge-failed.test.ts'
const upstreamPools = 'packages/broker/src/egress/upstream-pools.test.ts'
const eventRoutes = 'packages/broker/src/http/event-routes.test.ts'
const keys = 'packages/broker/test/proxy-keys.test.ts'
const authenticate = 'packages/broker/src/pipeline/authenticate.ts'
const settle = 'packages/broker/src/pipeline/settle.ts'
const runRequest = 'packages/broker/src/pipeline/run-request.ts'
const events = 'packages/broker/src/http/event-routes.ts'
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
  {
    rule: 'an upstream is https, or on this machine',
    file: 'packages/broker/src/egress/upstream-pools.ts',
    find: "(url.protocol === 'https:' || isPlainHere(url))",
    replace: "url.protocol.startsWith('http')",
    test: upstreamPools,
  },
  {
    rule: 'an upstream on this machine is http too, and nothing else',
    file: 'packages/broker/src/egress/upstream-pools.ts',
    find: "protocol === 'http:' && loopback",
    replace: 'protocol && loopback',
    test: upstreamPools,
  },
  {
    rule: 'a charge that cannot be worked out is the hold, on a pooled credential',
    file: settle,
    find: 'walletNanos: target.byok ? 0n : bound.chargeNanos',
    replace: 'walletNanos: 0n',
    test: chargeFailed,
  },
  {
    rule: 'a charge that cannot be worked out counts against the caps of an own credential',
    file: settle,
    find: 'spendNanos: target.byok ? bound.listNanos : bound.chargeNanos',
    replace: 'spendNanos: target.byok ? 0n : bound.chargeNanos',
    test: chargeFailed,
  },
  {
    rule: 'a call whose charge fails is not released',
    file: runRequest,
    find: 'return settlementAtHold(input)',
    replace: 'return releaseOf(input.attempt.id)',
    test: chargeFailed,
  },
  {
    rule: 'an unreadable credential releases its hold',
    file: runRequest,
    find: 'settleInBackground(dependencies, attempt, releaseOf(attempt.id))',
    replace: '',
    test: lastResorts,
    testName: 'a credential that the vault cannot open',
  },
  {
    rule: 'more request bytes than the broker may hold are refused',
    file: 'packages/broker/src/pipeline/read-body.ts',
    find: 'if (full !== undefined) throw noRoom(full)',
    replace: 'if (full !== undefined && this.#taken < 0) throw noRoom(full)',
    test: lastResorts,
    testName: 'more request bytes at a time',
  },
  {
    rule: 'a request that is over gives its bytes back',
    file: 'packages/broker/src/pipeline/read-body.ts',
    find: 'this.#limits.budget.give(this.#holder, this.#taken)',
    replace: '',
    test: lastResorts,
    testName: 'more request bytes at a time',
  },
  {
    rule: 'a hold whose settlement never comes is swept',
    file: 'packages/broker/src/broker.ts',
    find: 'const settled = await store.settleOrphans(clock())',
    replace: 'const settled = 0',
    test: lastResorts,
    testName: 'settled by the sweep',
  },
  {
    rule: 'a small answer that decompresses without end is cut',
    file: 'packages/broker/src/pipeline/scanned-answer.ts',
    find: 'this.#plainBytes > maxExpandedBytes && ',
    replace: 'this.#plainBytes < 0 && ',
    test: lastResorts,
    testName: 'decompresses to more than 64 MB',
  },
  {
    rule: 'a kept catalog expires',
    file: 'packages/broker/src/pipeline/catalog-cache.ts',
    find: 'entry.expiresAt > clock()',
    replace: 'entry.expiresAt > 0',
    test: lastResorts,
    testName: 'a catalog is asked for again',
  },
  {
    rule: 'no more than a thousand listeners',
    file: events,
    find: 'events.subscribers() >= mostSubscribers',
    replace: 'events.subscribers() > 1e9',
    test: eventRoutes,
  },
  {
    rule: 'a listener that does not read is cut off',
    file: events,
    find: 'if ((controller.desiredSize ?? 0) < -mostWaitingBytes) end()',
    replace: 'if (over) end()',
    test: eventRoutes,
    testName: 'is cut off once a megabyte waits',
  },
  {
    rule: 'a stream of events has a heartbeat',
    file: events,
    find: "write(': heartbeat\\n\\n')",
    replace: 'undefined',
    test: eventRoutes,
    testName: 'comes every 15 seconds',
  },
  {
    rule: 'a revoked key hears no more events',
    file: events,
    find: "error.code === 'store_unavailable' ? undefined : end()",
    replace: "error.code === 'store_unavailable' ? undefined : undefined",
    test: eventRoutes,
    testName: 'revoked meanwhile',
  },
  {
    rule: 'an outage of the store ends no stream of events',
    file: events,
    find: "error.code === 'store_unavailable' ? undefined : end()",
    replace: 'error.status === 1 ? undefined : end()',
    test: eventRoutes,
    testName: 'because the store is down',
  },
]
