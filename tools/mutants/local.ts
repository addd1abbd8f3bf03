import type { Mutant } from './mutant.ts'

const cli = 'packages/cli/src'

/** Terminals, pipes and disks that break; state, files and variables of a user's own machine. */
export const mutants: readonly Mutant[] = [
  {
    rule: 'a log destination that refuses is left alone for a second',
    file: 'packages/broker/src/observe/log-writer.ts',
    find: 'const brokenMs = 1_000',
    replace: 'const brokenMs = 0',
    test: 'packages/broker/src/observe/log-writer.test.ts',
  },
  {
    rule: 'lines that could not be written are counted',
    file: 'packages/broker/src/observe/log-writer.ts',
    find: 'this.#dropped += lines',
    replace: 'this.#dropped += 0',
    test: 'packages/broker/src/observe/log-writer.test.ts',
  },
  {
    rule: 'the flush at exit gives a slow reader a moment',
    file: 'packages/broker/src/observe/log-writer.ts',
    find: '!isFull(error) || performance.now() >= deadline',
    replace: 'performance.now() > 0',
    test: 'packages/broker/src/observe/log-writer.test.ts',
    testName: 'a reader that needs a moment',
  },
  {
    rule: 'a standard stream that breaks does not end the process',
    file: `${cli}/terminal/outlast-output.ts`,
    find: "this.#stream.on('error', (error) => this.#fail(error))",
    replace: '',
    test: `${cli}/terminal/outlast-output.test.ts`,
  },
  {
    rule: 'SIGHUP never forces the end',
    file: `${cli}/terminal/until-stopped.ts`,
    find: "asked && signal !== 'SIGHUP'",
    replace: 'asked',
    test: `${cli}/terminal/until-stopped.test.ts`,
  },
  {
    rule: 'a signal after the command of a run does not keep its key alive',
    file: `${cli}/run/run-signals.ts`,
    find: '!patient.has(signal) && (early !== undefined || hurry.signal.aborted)',
    replace: 'true',
    test: `${cli}/run/run-signals.test.ts`,
  },
  {
    rule: 'a ledger without its vault key is refused',
    file: `${cli}/local/local-state.ts`,
    find: 'ledger === undefined || isThere(files.vaultKey)',
    replace: 'true',
    test: `${cli}/local/local-broker.test.ts`,
  },
  {
    rule: 'no value of an env file is expanded by a shell',
    file: `${cli}/env/format-env.ts`,
    find: '/["$\\\\`]/',
    replace: '/["\\\\]/',
    test: `${cli}/env/format-env.test.ts`,
  },
  {
    rule: 'a .env that is no ordinary file is not opened',
    file: `${cli}/env/read-small-file.ts`,
    find: 'if (!statSync(path).isFile()) return undefined',
    replace: '',
    test: `${cli}/env/read-dotenv.test.ts`,
  },
  {
    rule: 'the SDK reads no .env above 1 MiB',
    file: 'packages/sdk/src/resolve/read-dotenv.ts',
    find: '|| state.size > maxBytes',
    replace: '',
    test: 'packages/sdk/test/read-dotenv.test.ts',
  },
  {
    rule: 'a replaced key is withheld inside other values, too',
    file: `${cli}/env/find-replaced-keys.ts`,
    find: '|| parts.some((part) => value.includes(part))',
    replace: '',
    test: `${cli}/env/find-replaced-keys.test.ts`,
  },
  {
    rule: 'a replaced key is withheld by its name, however it is written',
    file: `${cli}/env/find-replaced-keys.ts`,
    find: 'known.has(name) || isNamed(name, value) || carries(value)',
    replace: 'known.has(name) || carries(value)',
    test: `${cli}/env/find-replaced-keys.test.ts`,
  },
]
