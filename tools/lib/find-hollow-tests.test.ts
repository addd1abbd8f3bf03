import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { findHollowTests } from './find-hollow-tests.ts'

const problems = (text: string): string =>
  findHollowTests(ts.createSourceFile('x.test.ts', text, ts.ScriptTarget.ES2023, true))
    .map(({ problem }) => problem)
    .join()

describe('findHollowTests', () => {
  it.each([
    ['for (const call of await calls()) expect(call).toBe(1)', 'may be empty'],
    ['for (const a of list.filter(Boolean)) { if (a) { expect(a).toBe(1) } }', 'may be empty'],
    ["if (process.env['WRITE'] === '1') write(); else expect(a).toBe(1)", 'as the environment says'],
    ["expect(a).not.toHaveProperty('undefined')", 'named "undefined"'],
  ])('names `%s`', (text, problem) => {
    expect(problems(text)).toContain(problem)
  })

  it.each([
    'const calls = await all(); expect(calls).toHaveLength(2); for (const call of calls) expect(call).toBe(1)',
    'for (const call of await calls()) count(call)',
    'for (const [a, b] of list.entries()) expect(a).toBe(b)',
    "if (process.env['CI'] === undefined) skip()",
    "expect(a).not.toHaveProperty('missing')",
  ])('leaves `%s` alone', (text) => {
    expect(problems(text)).toBe('')
  })
})
