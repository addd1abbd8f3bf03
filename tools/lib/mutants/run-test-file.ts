import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../run-command.ts'

/** One test of a run. `name` has the names of its `describe` blocks in front. */
export interface TestResult {
  readonly name: string
  readonly passed: boolean
  /** The first line of each failure. */
  readonly failures: readonly string[]
}

/** How the run of one test file ended. `broken` says why no test of it could run; the tests of such a run say nothing. */
export interface TestRun {
  readonly tests: readonly TestResult[]
  readonly broken?: string
}

/** What to run, and where. `testName` and `bail` are vitest's own, except that `testName` is no pattern. */
export interface TestFile {
  readonly root: string
  readonly file: string
  readonly testName?: string | undefined
  readonly bail?: boolean
  readonly timeoutMs: number
}

interface JsonReport {
  readonly testResults: readonly {
    readonly message: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

const configOf = (file: string): readonly string[] => {
  const kind = /\.(ledger|chaos)\.test\.ts$/.exec(file)?.[1]
  return kind === undefined ? [] : ['--config', `vitest.${kind}.config.ts`]
}

/** vitest puts ` > ` between the names of blocks and test where its reports put a space: either is found. */
const patternOf = (name: string): string => name.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&').replaceAll(' ', '( > | )')

const firstLine = (text: string): string => text.trim().split('\n')[0] ?? ''

const readReport = (path: string): TestRun => {
  const { testResults } = JSON.parse(readFileSync(path, 'utf8')) as JsonReport
  const tests = testResults
    .flatMap((file) => file.assertionResults)
    .filter(({ status }) => status === 'passed' || status === 'failed')
    .map(({ fullName, status, failureMessages }) => ({
      name: fullName,
      passed: status === 'passed',
      failures: failureMessages.map(firstLine),
    }))
  if (tests.length > 0) return { tests }
  const message = testResults.map((file) => firstLine(file.message)).find((text) => text !== '')
  return { tests, broken: message ?? 'no test ran' }
}

/** Runs one test file with vitest in a process of its own, and reads which tests passed. Never rejects. */
export const runTestFile = async (wanted: TestFile): Promise<TestRun> => {
  const { root, file, testName, bail = false, timeoutMs } = wanted
  const report = join(root, 'node_modules', '.mutants-report.json')
  rmSync(report, { force: true })
  const { output, timedOut } = await runCommand({
    program: process.execPath,
    args: [
      join(root, 'node_modules/vitest/vitest.mjs'),
      ...['run', file, '--reporter=json', `--outputFile=${report}`, '--maxWorkers=1', ...configOf(file)],
      ...(testName === undefined ? [] : ['-t', patternOf(testName)]),
      ...(bail ? ['--bail=1'] : []),
    ],
    cwd: root,
    timeoutMs,
  })
  if (timedOut) return { tests: [], broken: `the run did not end within ${timeoutMs / 1000} s` }
  if (!existsSync(report)) return { tests: [], broken: `vitest wrote no report: ${output.trim().slice(-400)}` }
  return readReport(report)
}
