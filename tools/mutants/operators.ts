import type { Mutant } from './mutant.ts'

/** Faults in what operators rely on. */
export const mutants: readonly Mutant[] = [
  {
    rule: 'the result of a readiness probe is shared for one second',
    file: 'packages/broker/src/outbox/readiness.ts',
    find: 'const sharedMs = 1_000',
    replace: 'const sharedMs = 0',
    test: 'packages/broker/src/outbox/readiness.test.ts',
  },
  {
    rule: 'a renewal before the sweep does not hide that it failed',
    file: 'packages/broker/src/pipeline/hold-renewal.ts',
    find: 'renewAll: () => renew([...holds]),',
    replace: 'renewAll: () => renew([...holds]).catch(() => {}),',
    test: 'packages/broker/src/pipeline/hold-renewal.test.ts',
  },
  {
    rule: 'a .gitignore that a full disk left empty is written again',
    file: 'packages/cli/src/local/state-directory.ts',
    find: "lines.some((line) => line.trim() === '*')",
    replace: 'lines.length > 0',
    test: 'packages/cli/src/local/state-directory.test.ts',
  },
  {
    rule: 'limits that cannot be read name their scope and id',
    file: 'packages/broker/src/store/ledger/scope-limits.ts',
    find: '{scope.id} cannot',
    replace: '{scope.kind} cannot',
    test: 'packages/broker/src/store/ledger/scope-limits.test.ts',
  },
  {
    rule: 'a Postgres start failure names its cause',
    file: 'packages/broker/src/store/postgres/start-failure.ts',
    find: "['3D000', {",
    replace: "['3D001', {",
    test: 'packages/broker/src/store/postgres/start-failure.test.ts',
  },
]
