import { expect, it } from 'vitest'
import type { MarginRecord } from '../store/records.ts'
import { marginNotices } from './margin-notices.ts'

const fromBefore: MarginRecord = {
  ...{ margin: '0.2', effectiveFrom: 0, createdAt: 0, authorKeyId: null },
  note: 'the default of earlier versions',
}

const storeOf = (margins: readonly MarginRecord[], tenants: number, profile: string) => {
  const told = new Set<string>()
  return {
    listMargins: async () => margins,
    listTenants: async () => Array.from({ length: tenants }, (_, index) => ({ id: `ten_${index}` })),
    listConnections: async () => [{ profile }],
    tellOnce: async (name: string) => !told.has(name) && Boolean(told.add(name)),
  } as unknown as Parameters<typeof marginNotices>[0]
}

it.each([
  ['a store from before', storeOf([fromBefore], 1, 'byok_static'), /\+20 %.*vendo margins remove/],
  ['a store that resells without a margin', storeOf([], 2, 'vendo_managed_pool'), /no margin was ever set/],
])('%s is told of, once', async (_rule, store, notice) => {
  const [first, second] = [await marginNotices(store, 1), await marginNotices(store, 1)]
  expect(first).toHaveLength(1)
  expect(first[0]).toMatch(notice)
  expect(second).toEqual([])
})

it.each([
  ['one tenant', storeOf([], 1, 'vendo_managed_pool')],
  ['own credentials alone', storeOf([], 2, 'byok_static')],
  [
    'a margin of 20 % that somebody removed',
    storeOf([fromBefore, { ...fromBefore, margin: null, note: '' }], 2, 'vendo_managed_pool'),
  ],
])('nothing is said of %s', async (_rule, store) => {
  expect(await marginNotices(store, 1)).toEqual([])
})
