import type ts from 'typescript'
import { findHabits, findPromises } from './lib/find-habits.ts'
import { findHollowTests } from './lib/find-hollow-tests.ts'
import { findMissingDocs } from './lib/find-missing-docs.ts'
import { type FunctionShape, measureFunctions } from './lib/measure-functions.ts'
import { report } from './lib/report.ts'
import { budget, conformanceSuite, mayBeLong } from './lib/shape-rules.ts'
import { isTest, isToolConfig, listTypeScript, locate, parseFile } from './lib/workspace.ts'

// Sizes, docstrings and habits. The numbers are in lib/shape-rules.ts.
const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0

const describeSpread = (what: string, values: readonly number[]): string =>
  `${what}: ${values.length}, median ${quantile(values, 0.5)}, p95 ${quantile(values, 0.95)}, most ${quantile(values, 1)}`

const judgeFunction = ({ lines, parameters, named }: FunctionShape, inTest: boolean): readonly string[] => [
  // A `describe` block is a table of contents, not a function to understand.
  ...(lines > budget.functionLines && (named || !inTest)
    ? [`has ${lines} lines, more than ${budget.functionLines}`]
    : []),
  // Rows of a test table are spread over parameters by vitest.
  ...(parameters > budget.parameters && (named || !inTest) ? [`takes ${parameters} parameters: pass one object`] : []),
]

const judgeFile = (file: ts.SourceFile, lines: number, shapes: readonly FunctionShape[]): readonly string[] => {
  const inTest = isTest(file.fileName)
  const published = file.fileName.startsWith('packages/') && !inTest && !isToolConfig(file.fileName)
  return [
    ...(lines > budget.fileLines ? [`${file.fileName}:1 has ${lines} lines, more than ${budget.fileLines}`] : []),
    ...shapes.flatMap((shape) =>
      judgeFunction(shape, inTest).map((problem) => `${locate(file, shape.node)} ${shape.name} ${problem}`),
    ),
    ...findHabits(file).map(({ node, problem }) => `${locate(file, node)} ${problem}`),
    ...(inTest ? findHollowTests(file) : []).map(({ node, problem }) => `${locate(file, node)} ${problem}`),
    ...findPromises(file).map((line) => `${file.fileName}:${line} has a TODO without an issue number`),
    ...(published ? findMissingDocs(file) : []).map(
      ({ name, node }) => `${locate(file, node)} ${name} has no docstring`,
    ),
  ]
}

const findings: string[] = []
const [fileLines, functionLines, testLines]: [number[], number[], number[]] = [[], [], []]

for (const path of listTypeScript()) {
  if (mayBeLong.some((pattern) => pattern.test(path))) continue
  const file = parseFile(path)
  const lines = file.text.trimEnd().split('\n').length
  const shapes = conformanceSuite.test(path) ? [] : measureFunctions(file)
  findings.push(...judgeFile(file, lines, shapes))
  if (isTest(path)) testLines.push(lines)
  else {
    fileLines.push(lines)
    functionLines.push(...shapes.filter(({ named }) => named).map((shape) => shape.lines))
  }
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)
report({
  check: 'shape',
  findings,
  remedy: 'Split by concept, name what is left, say what each export promises; the budget is in CONTRIBUTING.md.',
  facts: [
    describeSpread('files', fileLines),
    describeSpread('named functions', functionLines),
    describeSpread('test files', testLines),
    `test lines per source line: ${(total(testLines) / Math.max(1, total(fileLines))).toFixed(2)}`,
  ],
})
