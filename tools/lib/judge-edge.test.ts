import { describe, expect, it } from 'vitest'
import { type Edge, findCycles } from './import-graph.ts'
import { isUndeclared, judgeEdge } from './judge-edge.ts'

const edge = (from: string, specifier: string, rest: Partial<Edge> = {}): Edge => {
  const entry = specifier.startsWith('@vendo/') ? specifier.slice('@vendo/'.length) : undefined
  const names = entry === undefined ? undefined : { short: entry.split('/')[0]!, entry }
  return { from, at: `${from}:1`, specifier, typeOnly: false, to: undefined, names, ...rest }
}
const inBroker = (from: string, to: string, typeOnly = false): Edge =>
  edge(`packages/broker/src/${from}`, `./${to}`, { to: `packages/broker/src/${to}`, typeOnly })

describe('judgeEdge', () => {
  it.each([
    ['down a floor', edge('packages/broker/src/broker.ts', '@vendo/wire')],
    ['the table alone from the sdk', edge('packages/sdk/src/vendo.ts', '@vendo/integrations/env-table')],
    ['schemas as types from the sdk', edge('packages/sdk/src/vendo.ts', '@vendo/contract/api', { typeOnly: true })],
    ['the testkit from a test', edge('packages/wire/src/x.test.ts', '@vendo/testkit')],
    ['anything from the testkit', edge('packages/testkit/src/x.ts', '@vendo/broker')],
    ['Node in the broker', edge('packages/broker/src/broker.ts', 'node:http')],
    ['a floor down in the broker', inBroker('pipeline/hold.ts', 'store/store.ts')],
    ['within a room', inBroker('meter/price.ts', 'meter/margin.ts')],
    ['records as types from below', inBroker('observe/logger.ts', 'store/records.ts', true)],
  ])('allows %s', (_, allowed) => {
    expect(judgeEdge(allowed)).toBeUndefined()
  })

  it.each([
    ['up a floor', edge('packages/contract/src/x.ts', '@vendo/wire'), 'may not import @vendo/wire'],
    ['across a floor', edge('packages/wire/src/x.ts', '@vendo/integrations'), 'may not import'],
    ['the broker from the sdk', edge('packages/sdk/src/x.ts', '@vendo/broker'), 'may not import'],
    ['rates from the sdk', edge('packages/sdk/src/x.ts', '@vendo/integrations/rates'), 'may not import'],
    ['schemas at run time from the sdk', edge('packages/sdk/src/x.ts', '@vendo/contract/api'), 'types only'],
    ['the testkit from a source', edge('packages/wire/src/x.ts', '@vendo/testkit'), 'for tests only'],
    ['itself by name', edge('packages/wire/src/x.ts', '@vendo/wire'), 'its own package'],
    ['another package by path', edge('packages/sdk/src/x.ts', '../y.ts', { to: 'packages/wire/src/y.ts' }), 'by path'],
    [
      'another package by path in a test',
      edge('packages/sdk/src/x.test.ts', '..', { to: 'packages/wire/y.ts' }),
      'by path',
    ],
    ['Node in the sdk', edge('packages/sdk/src/x.ts', 'node:fs'), 'without Node'],
    ['up in the broker', inBroker('store/store.ts', 'pipeline/hold.ts'), 'is below'],
    ['across in the broker', inBroker('meter/price.ts', 'keys/hash-key.ts'), 'on one floor'],
    ['types across in the broker', inBroker('meter/price.ts', 'keys/hash-key.ts', true), 'on one floor'],
    ['records at run time from below', inBroker('observe/logger.ts', 'store/records.ts'), 'is below'],
    ['an unknown room', inBroker('http/app.ts', 'misc/x.ts'), '`misc` is not a room'],
  ])('refuses %s', (_, refused, reason) => {
    expect(judgeEdge(refused)).toContain(reason)
  })
})

describe('isUndeclared', () => {
  const manifest = { name: '@vendo/broker', version: '1.0.0', dependencies: { '@hono/node-server': '1', hono: '1' } }
  it.each([
    ['a subpath of a scoped dependency', '@hono/node-server/serve', false],
    ['a subpath of a dependency', 'hono/cors', false],
    ['a module of Node', 'node:fs', false],
    ['a file', './x.ts', false],
    ['a package of somebody else', 'zod', true],
  ])('judges %s', (_, specifier, expected) => {
    expect(isUndeclared(edge('packages/broker/src/x.ts', specifier), manifest)).toBe(expected)
  })
  it('lets a package import what is bundled into its build', () => {
    const sdk = { name: '@vendo/sdk', version: '1.0.0' }
    expect(isUndeclared(edge('packages/sdk/src/x.ts', 'ky'), sdk)).toBe(false)
    expect(isUndeclared(edge('packages/sdk/src/x.ts', 'zod'), sdk)).toBe(true)
  })
})

describe('findCycles', () => {
  const link = (from: string, to: string, typeOnly = false) => edge(from, `./${to}`, { to, typeOnly })
  it('names each file of a cycle', () => {
    expect(findCycles([link('a', 'b'), link('b', 'c'), link('c', 'a'), link('d', 'a')])).toEqual([['a', 'b', 'c']])
  })
  it('lets types go round', () => {
    expect(findCycles([link('a', 'b'), link('b', 'a', true)])).toEqual([])
  })
})
