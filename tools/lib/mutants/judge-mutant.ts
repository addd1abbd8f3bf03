import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { transformSync } from 'esbuild'
import type { Mutant } from '../../mutants/mutant.ts'
import { runTestFile, type TestRun } from './run-test-file.ts'

/** What became of one mutant. `problem` is absent when a test noticed it, and else one sentence. */
export interface Verdict {
  readonly mutant: Mutant
  readonly problem?: string
  /** The first failure that it caused. */
  readonly noticedBy?: string
}

/** Where mutants are applied. `runs` keeps each test file's run without a mutant; trees of one source share it. */
export interface MutantBench {
  readonly root: string
  readonly runs: Map<string, Promise<TestRun>>
  readonly timeoutMs: number
}

const count = (text: string, part: string): number => (part === '' ? 0 : text.split(part).length - 1)

const findSyntaxError = (file: string, text: string): string | undefined => {
  const loader = /\.[mc]?(ts|js)$/.exec(file)?.[1]
  if (loader !== 'ts' && loader !== 'js') return undefined
  try {
    transformSync(text, { loader, logLevel: 'silent' })
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message.split('\n').slice(0, 2).join(' ') : String(error)
  }
}

/** The text of the file with the fault in it, or why the fault cannot be made. */
const applyEdit = (root: string, { file, find, replace, test }: Mutant): { text: string } | { problem: string } => {
  const missing = [file, test].find((path) => !existsSync(join(root, path)))
  if (missing !== undefined) return { problem: `${missing} is not there` }
  const text = readFileSync(join(root, file), 'utf8')
  const occurrences = count(text, find)
  if (occurrences !== 1) return { problem: `stale: \`find\` stands ${occurrences} times in ${file}, not once` }
  if (find === replace) return { problem: '`replace` is the same as `find`' }
  // As a function: a `$&` in the replacement is to stay one.
  const mutated = text.replace(find, () => replace)
  const error = findSyntaxError(file, mutated)
  return error === undefined ? { text: mutated } : { problem: `${file} does not parse with it: ${error}` }
}

const hasName = ({ testName = '' }: Mutant, name: string): boolean =>
  name.replaceAll(' > ', ' ').includes(testName.replaceAll(' > ', ' '))

/** Whether the tests that must notice the fault pass without it. */
const findBaselineProblem = async (bench: MutantBench, mutant: Mutant): Promise<string | undefined> => {
  const { root, runs, timeoutMs } = bench
  const run = runs.get(mutant.test) ?? runTestFile({ root, file: mutant.test, timeoutMs })
  runs.set(mutant.test, run)
  const { tests, broken } = await run
  if (broken !== undefined) return `${mutant.test} fails without it: ${broken}`
  const named = tests.filter(({ name }) => hasName(mutant, name))
  if (named.length === 0) return `no test in ${mutant.test} has \`${mutant.testName}\` in its name`
  const failed = named.find(({ passed }) => !passed)
  return failed && `"${failed.name}" fails without it: ${failed.failures[0]}`
}

// The fault was no program: the test failed for a reason that has nothing to do with the rule.
const isAccident = (failures: readonly string[]): boolean =>
  failures.length > 0 && failures.every((failure) => /^(ReferenceError|SyntaxError):/.test(failure))

const judgeRun = (mutant: Mutant, { tests, broken }: TestRun): Verdict => {
  if (broken !== undefined) return { mutant, problem: `no test ran with it: ${broken}` }
  const failed = tests.filter(({ name, passed }) => !passed && hasName(mutant, name))
  if (failed.length === 0) return { mutant, problem: `survived ${mutant.test}` }
  const accident = failed.every(({ failures }) => isAccident(failures))
  const noticedBy = failed[0]?.name ?? ''
  return accident
    ? { mutant, problem: `"${noticedBy}" fails only with ${failed[0]?.failures[0]}` }
    : { mutant, noticedBy }
}

/**
 * Applies one mutant in the bench's tree, runs the test it names without it and with it, and takes it back. A mutant is noticed when a
 * test fails; a file that no longer parses, or a run that does not start or end, is a problem of the mutant.
 */
export const judgeMutant = async (bench: MutantBench, mutant: Mutant): Promise<Verdict> => {
  const edit = applyEdit(bench.root, mutant)
  if ('problem' in edit) return { mutant, problem: edit.problem }
  const baseline = await findBaselineProblem(bench, mutant)
  if (baseline !== undefined) return { mutant, problem: baseline }
  const path = join(bench.root, mutant.file)
  const original = readFileSync(path, 'utf8')
  writeFileSync(path, edit.text)
  try {
    const { root, timeoutMs } = bench
    const run = await runTestFile({ root, file: mutant.test, testName: mutant.testName, bail: true, timeoutMs })
    return judgeRun(mutant, run)
  } finally {
    writeFileSync(path, original)
  }
}
