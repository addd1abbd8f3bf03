import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { findHabits, findPromises } from './find-habits.ts'
import { findImports } from './find-imports.ts'
import { findMissingDocs } from './find-missing-docs.ts'
import { measureFunctions } from './measure-functions.ts'

const parse = (text: string, path = 'packages/broker/src/pipeline/x.ts') =>
  ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true)

describe('findImports', () => {
  it.each([
    ["import { a } from 'x'", false],
    ["import { type A } from 'x'", false],
    ["import type { A } from 'x'", true],
    ["import 'x'", false],
    ["export { a } from 'x'", false],
    ["export type { A } from 'x'", true],
    ["const a = await import('x')", false],
    ["const a = require('x')", false],
    ["type A = import('x').A", true],
  ])('%s', (text, typeOnly) => {
    expect(findImports(parse(text))).toMatchObject([{ specifier: 'x', typeOnly }])
  })
})

describe('findHabits', () => {
  const problems = (text: string, path?: string) => findHabits(parse(text, path)).map(({ problem }) => problem)

  it.each([
    ['export default 1', 'default export'],
    ['export default function f() {}', 'default export'],
    ["export * from './y.ts'", '`export *`'],
    ["export * from './y.ts'; const z = 1", '`export *`'],
    ['send(secret.reveal())', 'reveals a secret'],
    ['interface A { readonly holdNanos: number }', 'holds money'],
    ['const f = (chargeNanos: number | null) => 1', 'holds money'],
    ['const total_nanos = 0', 'holds money'],
    ['const s = z.object({ held_nanos: z.number() })', 'holds money'],
  ])('names `%s`', (text, problem) => {
    expect(problems(text).join()).toContain(problem)
  })

  it.each([
    ["export { a } from './y.ts'", undefined],
    ['interface A { readonly holdNanos: bigint; readonly nanos: Nanos }', undefined],
    ['const s = z.object({ held_nanos: z.string() })', undefined],
    ['const toNanos: (usd: number) => bigint = f', undefined],
    ['send(secret.reveal())', 'packages/broker/src/credentials/vault.ts'],
    ['send(secret.reveal())', 'packages/sdk/src/x.test.ts'],
    ['export default {}', 'packages/sdk/tsup.config.ts'],
  ])('leaves `%s` alone', (text, path) => {
    expect(problems(text, path)).toEqual([])
  })

  it('wants an issue number behind a promise', () => {
    expect(findPromises(parse('// TODO later\n// TODO(#12) later\n/** FIXME */'))).toEqual([1, 3])
  })
})

describe('findMissingDocs', () => {
  const names = (text: string) => findMissingDocs(parse(text)).map(({ name }) => name)

  it.each([
    ['export const a = 1', ['a']],
    ['export interface A { b: 1 }', ['A']],
    ['export class A {}', ['A']],
    ['const a = 1\nexport { a as b }', ['a']],
    ['// not a docstring\nexport const a = 1', ['a']],
    ['/** Doc. */\nexport const a = 1', []],
    ['const a = 1', []],
    ["export { a } from './y.ts'", []],
    [
      '/** Doc. */\nexport function a(x: 1): 1\nexport function a(x: 2): 2\nexport function a(x: number) { return x }',
      [],
    ],
    ['/** Doc. */\nexport const aSchema = z.string()\nexport type A = z.infer<typeof aSchema>', []],
  ])('%j', (text, missing) => {
    expect(names(text)).toEqual(missing)
  })
})

describe('measureFunctions', () => {
  it('counts a closure for itself and within its parent', () => {
    const shapes = measureFunctions(parse('const f = (a, b) => {\n  g(() => {\n    h()\n  })\n}\nclass A { m() {} }'))
    expect(shapes.map(({ name, lines, parameters, named }) => [name, lines, parameters, named])).toEqual([
      ['f', 5, 2, true],
      ['a closure', 3, 0, false],
      ['m', 1, 0, true],
    ])
  })
})
