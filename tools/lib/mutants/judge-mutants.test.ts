import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Mutant } from '../../mutants/mutant.ts'
import { root as repository } from '../workspace.ts'
import type { Verdict } from './judge-mutant.ts'
import { judgeMutants } from './judge-mutants.ts'
import { loadTopics } from './load-topics.ts'

let root: string

// A workspace of two packages: the test of one sees a fault in the other only if the copy's links lead into the copy.
const files: Readonly<Record<string, string>> = {
  'package.json': '{ "type": "module" }',
  'packages/sum/package.json': '{ "name": "@x/sum", "type": "module", "exports": "./sum.ts" }',
  'packages/sum/sum.ts': [
    'export const sum = (a: number, b: number): number => a + b',
    'export const half = (a: number): number => a / 2',
    'export const twice = (a: number): number => a * 2',
    'export const spin = (on: boolean): void => { while (on) {} }',
    '',
  ].join('\n'),
  'packages/use/use.test.ts': `
    import { describe, expect, it } from 'vitest'
    import { half, spin, sum, twice } from '@x/sum'
    describe('it', () => { it('adds (both)', () => expect(sum(2, 3)).toBe(5)) })
    it('halves', () => { half(4) })
    it('doubles', () => expect(twice(2)).toBe(4))
    it('stops', () => spin(false))
    it('fails anyhow', () => expect(half(4)).toBe(3))`,
}

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'vendo-judge-')))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  mkdirSync(join(root, 'node_modules/@x'), { recursive: true })
  symlinkSync('../../packages/sum', join(root, 'node_modules/@x/sum'))
  symlinkSync(realpathSync(join(repository, 'node_modules/vitest')), join(root, 'node_modules/vitest'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const mutant = (change: Partial<Mutant>): Mutant => ({
  rule: 'a sum is a sum',
  file: 'packages/sum/sum.ts',
  find: 'a + b',
  replace: 'a - b',
  test: 'packages/use/use.test.ts',
  ...change,
})

const noticed: readonly string[] = ['adds (both)', 'it adds (both)', 'it > adds']

const refused: readonly (readonly [string, Partial<Mutant>, RegExp])[] = [
  ['a fault that no test notices', { find: 'a / 2', replace: 'a / 3', testName: 'halves' }, /^survived/],
  ['a fault that another test would notice', { testName: 'halves' }, /^survived/],
  ['a text that is gone', { find: 'a ^ b', testName: 'adds' }, /^stale: `find` stands 0 times/],
  ['a text that stands twice', { find: '(a: number)', testName: 'adds' }, /^stale: `find` stands 2 times/],
  ['an edit that changes nothing', { replace: 'a + b', testName: 'adds' }, /the same as `find`/],
  ['an edit that is no program', { replace: 'a + (', testName: 'adds' }, /does not parse with it/],
  ['a name that is not there', { replace: 'a + c', testName: 'adds' }, /fails only with ReferenceError/],
  [
    'a module that does not load',
    { find: 'export const sum', replace: "throw new Error('no')\nexport const sum", testName: 'adds' },
    /no test ran with it/,
  ],
  ['a test that fails without the fault', { testName: 'fails anyhow' }, /fails without it/],
  ['a file with a test that fails without it', {}, /"fails anyhow" fails without it/],
  ['a test that is not there', { testName: 'multiplies' }, /no test in .* has `multiplies` in its name/],
  ['a test file that is not there', { test: 'packages/use/gone.test.ts' }, /gone\.test\.ts is not there/],
  ['a source file that is not there', { file: 'packages/sum/gone.ts' }, /gone\.ts is not there/],
]

describe('judgeMutants', { timeout: 60_000 }, () => {
  const verdicts = new Map<string, Verdict>()
  // In one run, as they are tried in practice: two trees, and one run without a fault for all.
  beforeAll(async () => {
    const rules = [
      ...noticed.map((testName) => mutant({ rule: testName, testName })),
      ...refused.map(([rule, change]) => mutant({ rule, ...change })),
    ]
    for (const verdict of await judgeMutants({ root, mutants: rules })) verdicts.set(verdict.mutant.rule, verdict)
  }, 120_000)

  it('changes nothing in the tree that it is given', () => {
    for (const [path, text] of Object.entries(files)) expect(readFileSync(join(root, path), 'utf8')).toBe(text)
  })

  it.each(noticed)('passes a fault that a test notices: %s', (testName) => {
    expect(verdicts.get(testName)?.problem).toBeUndefined()
    expect(verdicts.get(testName)?.noticedBy).toBe('it adds (both)')
  })

  it.each(refused)('reports %s', (rule, _, problem) => {
    expect(verdicts.get(rule)?.problem).toMatch(problem)
  })

  it('ends a run that does not end by itself', async () => {
    const spins = mutant({ find: 'while (on)', replace: 'while (!on)', testName: 'stops' })
    const [verdict] = await judgeMutants({ root, mutants: [spins], timeoutMs: 6_000 })
    expect(verdict?.problem).toContain('did not end within 6 s')
  })
})

describe('loadTopics', () => {
  it('refuses a file without mutants, which would be forgotten in silence', async () => {
    const folder = mkdtempSync(join(root, 'topics-'))
    writeFileSync(join(folder, 'mutant.ts'), 'export interface Mutant {}')
    writeFileSync(join(folder, 'proxy.ts'), 'export const mutants = [{ rule: "a" }]')
    expect(await loadTopics(folder)).toMatchObject([{ name: 'proxy', mutants: [{ rule: 'a' }] }])
    writeFileSync(join(folder, 'rates.ts'), 'export const mutant = []')
    await expect(loadTopics(folder)).rejects.toThrow(/rates\.ts exports no `mutants`/)
  })
})
