import type { Mutant } from './mutant.ts'

const line = 'packages/broker/src/pipeline/hold-line.ts'
const lineTest = 'packages/broker/src/pipeline/hold-line.test.ts'
const lineBroker = 'packages/broker/test/hold-line.test.ts'
const unboundedBroker = 'packages/broker/test/unbounded.test.ts'
const storeTest = 'packages/broker/src/store/sqlite/sqlite-store.test.ts'

/** Rules of calls that wait for held money, of calls without a bound, and of calls whose end was not seen. */
export const mutants: readonly Mutant[] = [
  {
    rule: 'a refusal says when only running calls hold the money',
    file: 'packages/broker/src/store/ledger/hold.ts',
    find: 'available + held >= claim.amount',
    replace: 'available >= claim.amount',
    test: storeTest,
    testName: 'held and used up',
  },
  {
    rule: 'a used-up wider limit goes before a held narrower one',
    file: 'packages/broker/src/store/group/plan-group.ts',
    find: '(this.#usedUp(limits, request) ?? refused)',
    replace: 'refused',
    test: storeTest,
    testName: 'held and used up',
  },
  {
    rule: 'a reserve is what the narrowest cap has left',
    file: 'packages/broker/src/store/ledger/reserve.ts',
    find: 'left < right ? left : right',
    replace: 'left < right ? right : left',
    test: storeTest,
    testName: 'reserves',
  },
  {
    rule: 'an orphan is not charged its reserve',
    file: 'packages/broker/src/store/ledger/settle-orphans.ts',
    find: 'all.spendNanos - reservedNanosOf(row)',
    replace: 'all.spendNanos',
    test: storeTest,
    testName: 'reserves',
  },
  {
    rule: 'a small call does not overtake a large one',
    file: line,
    find: 'if (purses.includes(purse)) return purse',
    replace: 'if (purses.length === 0) return purse',
    test: lineTest,
  },
  {
    rule: 'who leaves gives its place up',
    file: line,
    find: "claimant.onGone(() => this.#leave(waiter, 'client_gone'))",
    replace: 'claimant.onGone(() => undefined)',
    test: lineTest,
  },
  {
    rule: 'the line has an end',
    file: line,
    find: 'return waiting >= this.#policy.maxCalls',
    replace: 'return waiting < 0',
    test: lineTest,
  },
  {
    rule: 'a broker that closes sends away who waits',
    file: 'packages/broker/src/broker.ts',
    find: '  ledger.line.close()\n',
    replace: '',
    test: lineBroker,
    testName: 'when the broker closes',
  },
  {
    rule: 'who is held up by running calls is told to try again',
    file: 'packages/contract/src/error-code.ts',
    find: "'Wait as long as `Retry-After` says: running calls give back what they do not use when they end.',\n    true,",
    replace: "'Wait as long as `Retry-After` says: running calls give back what they do not use when they end.',",
    test: lineBroker,
    testName: 'try again',
  },
  {
    rule: 'a call without a bound holds the rest of its cap',
    file: 'packages/broker/src/pipeline/hold.ts',
    find: '...(metered?.bound.unbounded !== undefined && { reservesRest: true }),',
    replace: '',
    test: unboundedBroker,
    testName: 'holds all that is left',
  },
  {
    rule: 'a pooled credential admits no call without a bound',
    file: 'packages/broker/src/pipeline/admit.ts',
    find: "admitUnbounded: payer === 'own_capped' || payer === 'own_uncapped',",
    replace: 'admitUnbounded: true,',
    test: unboundedBroker,
    testName: 'is refused on',
  },
  {
    rule: 'an interrupted call does not burn the budget',
    file: 'packages/broker/src/pipeline/settle.ts',
    find: 'unseenOutput: target.byok ? unseenOutputOf(attempt, end) : undefined,',
    replace: 'unseenOutput: undefined,',
    test: unboundedBroker,
    testName: 'leaves $1.50',
  },
  {
    rule: 'a pooled estimate stays at what was held',
    file: 'packages/broker/src/pipeline/settle.ts',
    find: 'unseenOutput: target.byok ? unseenOutputOf(attempt, end) : undefined,',
    replace: 'unseenOutput: unseenOutputOf(attempt, end),',
    test: unboundedBroker,
    testName: 'is held on a pooled credential',
  },
  {
    rule: 'each use of a tool that was seen counts a context',
    file: 'packages/broker/src/pipeline/settle-unbounded.ts',
    find: 'const uses = reading?.toolUses ?? 0',
    replace: 'const uses = Math.min(reading?.toolUses ?? 0, 0)',
    test: unboundedBroker,
    testName: 'one whole context',
  },
  {
    rule: 'the advice names the limit that the provider honours',
    file: 'packages/broker/src/meter/unbounded-advice.ts',
    find: "if (wireFormat === 'openai-responses') return '`max_tool_calls` on the request'",
    replace: "if (wireFormat === 'openai-responses') return '`max_uses` on the tool'",
    test: 'packages/broker/src/meter/unbounded-advice.test.ts',
  },
]
