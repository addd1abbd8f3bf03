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
    find: 'let ignored = false',
    replace: 'let ignored = true',
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
  {
    rule: 'a .gitignore with an exception for itself is left as somebody wrote it',
    file: 'packages/cli/src/local/state-directory.ts',
    find: ' && !showsItself.has(line)',
    replace: '',
    test: 'packages/cli/src/local/state-directory.test.ts',
  },
  {
    rule: 'calls in flight are renewed before a sweep',
    file: 'packages/broker/src/broker.ts',
    find: '    await renewal.renewAll()\n',
    replace: '',
    test: 'packages/broker/test/clock-jump.test.ts',
  },
  {
    rule: 'the sole broker of a store settles every open hold when it starts',
    file: 'packages/broker/src/broker.ts',
    find: 'options.store.exclusive ? null : clock()',
    replace: 'clock()',
    test: 'packages/broker/test/clock-jump.test.ts',
  },
  {
    rule: 'a minute is forgotten a day after its end at the earliest',
    file: 'packages/broker/src/store/ledger/prune-windows.ts',
    find: 'now - millisecondsPerDay',
    replace: 'now',
    test: 'packages/broker/test/clock-jump.test.ts',
  },
  {
    rule: 'a lost settlement is a failed end',
    file: 'packages/broker/src/broker.ts',
    find: 'if (lost > 0) throw',
    replace: 'if (lost > 99) throw',
    test: 'packages/cli/src/workers/lost-settlements.test.ts',
  },
]
