import type { Mutant } from './mutant.ts'

const policy = 'packages/broker/src/pipeline/admission-policy.ts'
const admit = 'packages/broker/src/pipeline/admit.ts'
const test = 'packages/broker/test/own-keys.test.ts'

export const mutants: readonly Mutant[] = [
  {
    rule: 'a member that is not understood is refused where a cap applies',
    file: policy,
    find: `if (payer !== 'own_uncapped') throw notUnderstood(first)`,
    replace: `if (payer === 'pooled') throw notUnderstood(first)`,
    test,
  },
  {
    rule: 'a model without a rate is refused under a cap',
    file: admit,
    find: `} else if (payer !== 'own_uncapped') {`,
    replace: `} else if (payer === 'pooled') {`,
    test,
  },
  {
    rule: 'a budgeted command is told no command',
    file: policy,
    find: `caller.key.limits.budgeted_run === true`,
    replace: `caller.key.limits.budgeted_run === undefined`,
    test,
  },
  {
    rule: 'an unknown price is flagged, so that it never reads as $0',
    file: 'packages/broker/src/meter/unpriced-bound.ts',
    find: `flags: [...charge.flags, ...because, priceUnknownFlag],`,
    replace: `flags: [...charge.flags, ...because],`,
    test,
  },
  {
    rule: 'a cap on the tenant is a cap',
    file: 'packages/broker/src/pipeline/payer.ts',
    find: `payerWith([app, tenant])`,
    replace: `payerWith([app])`,
    test: 'packages/broker/src/pipeline/payer.test.ts',
  },
  {
    rule: 'stored objects that nobody owns are refused on a pooled credential',
    file: 'packages/broker/src/pipeline/assert-own-references.ts',
    find: `if (other !== undefined) throw storedElsewhere(other, use.target)`,
    replace: `if (other?.path === '') throw storedElsewhere(other, use.target)`,
    test: 'packages/broker/test/stored-references.test.ts',
  },
]
