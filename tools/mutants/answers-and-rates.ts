import type { Mutant } from './mutant.ts'

const untoldUsage = 'packages/wire/src/reader/untold-usage.test.ts'
const estimates = 'packages/broker/src/meter/settle-charge.estimates.test.ts'

/** What answers tell, what is made of it, and the prices it is charged at. */
export const mutants: readonly Mutant[] = [
  {
    rule: 'a zero that comes after a count takes nothing back',
    file: 'packages/wire/src/reader/answer-state.ts',
    find: 'later[key] === 0 && countAt(earlier, key) > 0',
    replace: 'later[key] === -1 && countAt(earlier, key) > 0',
    test: untoldUsage,
  },
  {
    rule: 'tokens that moved to another count are not lost',
    file: 'packages/wire/src/reader/answer-state.ts',
    find: 'if (zeroed.length === 0 || sumOf(read.usage, side.counts) >= sumOf(earlier, side.counts)) continue',
    replace: 'if (zeroed.length === 0) continue',
    test: untoldUsage,
  },
  {
    rule: 'output that is no whole number is untold',
    file: 'packages/wire/src/reader/token-count.ts',
    find: 'if (neither || badOutput || output === undefined)',
    replace: 'if (neither || badOutput)',
    test: untoldUsage,
  },
  {
    rule: 'a detail that is no whole number leaves its side untold',
    file: 'packages/wire/src/reader/token-count.ts',
    find: 'if (neither || badInput || input === undefined)',
    replace: 'if (neither || input === undefined)',
    test: untoldUsage,
  },
  {
    rule: 'the output of the start of a stream is none of the whole answer',
    file: 'packages/wire/src/anthropic-messages/anthropic-answer.ts',
    find: '{ ...read, outputOfStart: true }',
    replace: 'read',
    test: untoldUsage,
  },
  {
    rule: 'parts of 0 below a total that is not are flagged',
    file: 'packages/wire/src/reader/token-count.ts',
    find: '(tokenCount(total) ?? 0) > 0 && parts.every',
    replace: '(tokenCount(total) ?? 0) < 0 && parts.every',
    test: untoldUsage,
  },
  {
    rule: 'an untold side makes an estimate',
    file: 'packages/broker/src/meter/settle-charge.ts',
    find: 'return untold === undefined && tellsInput(usage.quantities)',
    replace: 'return tellsInput(usage.quantities)',
    test: estimates,
  },
  {
    rule: 'what no ledger can hold is settled at the hold',
    file: 'packages/broker/src/meter/settle-charge.ts',
    find: "if (reason !== 'out_of_range' && !isInRange(priced, tokens)) return outOfRange(options)",
    replace: '',
    test: estimates,
  },
  {
    rule: 'work in the background is settled at the hold',
    file: 'packages/broker/src/meter/settle-charge.ts',
    find: "const unknown = options.status === null || reason === 'background'",
    replace: 'const unknown = options.status === null',
    test: estimates,
  },
  {
    rule: 'a settlement that the store refuses closes its hold at once',
    file: 'packages/broker/src/outbox/outbox.ts',
    find: 'await this.settle({ kind, subject, settlement: atHold() })',
    replace: 'void [kind, subject, atHold]',
    test: 'packages/broker/src/outbox/outbox.test.ts',
  },
  {
    rule: 'a dated name whose date does not exist is not cut',
    file: 'packages/broker/src/meter/rate-book.ts',
    find: 'return exists ? model.slice(0, match.index) : model',
    replace: 'return exists || model ? model.slice(0, match.index) : model',
    test: 'packages/broker/src/meter/rate-book.test.ts',
  },
  {
    rule: 'OpenRouter takes a version with a dash for the one with a dot',
    file: 'packages/broker/src/meter/rate-book.ts',
    find: "model.replace(dashedVersion, '$1.$2')",
    replace: 'model',
    test: 'packages/broker/src/meter/rate-book.test.ts',
  },
  {
    rule: 'a band above the window is found',
    file: 'packages/integrations/lib/bands-beyond-window.ts',
    find: 'inputAbove >= contextWindow',
    replace: 'inputAbove > contextWindow',
    test: 'packages/integrations/lib/rates.test.ts',
  },
  {
    rule: 'without a margin a call is charged list price',
    file: 'packages/broker/src/meter/margin.ts',
    find: "export const defaultMargin = '0'",
    replace: "export const defaultMargin = '0.2'",
    test: 'packages/broker/src/meter/margin.test.ts',
  },
  {
    rule: 'a call keeps the margin of its admission',
    file: 'packages/broker/src/meter/margin.ts',
    find: 'starts.findLast((instant) => instant <= call.at)',
    replace: 'starts.at(-1)',
    test: 'packages/broker/src/meter/margin.test.ts',
  },
  {
    rule: 'a store from before keeps its 20 %',
    file: 'packages/broker/src/store/schema/migrate.ts',
    find: 'current === 0 ? statements : [...statements, ...fromBefore]',
    replace: 'fromBefore.length >= 0 ? statements : []',
    test: 'packages/broker/src/store/schema/migrations.test.ts',
  },
  {
    rule: 'a key of a tenant sees no list price',
    file: 'packages/broker/src/http/sees-list-prices.ts',
    find: 'id === tenantId && transparent === true',
    replace: 'id === tenantId && transparent !== null',
    test: 'packages/broker/src/http/margins.test.ts',
  },
  {
    rule: 'a removed margin does not come back with one that was scheduled',
    file: 'packages/broker/src/http/margin-routes.ts',
    find: '[now, ...later].map',
    replace: '[now].map',
    test: 'packages/broker/src/http/margins.test.ts',
  },
]
