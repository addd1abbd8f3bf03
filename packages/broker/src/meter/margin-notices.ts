import { marginOfBeforeNote } from '../store/schema/margin-tables.ts'
import type { Store } from '../store/store.ts'
import { marginsInForce } from './margin.ts'

type NoticeStore = Pick<Store, 'listMargins' | 'listTenants' | 'listConnections' | 'tellOnce'>

/**
 * What an operator should be told of margins, each sentence once for the life of a store: that a store from before keeps the
 * 20 % that earlier versions added unasked; that several tenants share an operator's credentials and nobody ever set a margin.
 */
export const marginNotices = async (store: NoticeStore, now: number = Date.now()): Promise<readonly string[]> => {
  const margins = await store.listMargins()
  const fromBefore = marginsInForce(margins, now).some(({ note }) => note === marginOfBeforeNote)
  if (fromBefore && (await store.tellOnce('margin_of_before'))) {
    return [
      'calls on pooled credentials are charged list price +20 %, as earlier versions did unasked; `vendo margins list` shows it, `vendo margins remove` ends it',
    ]
  }
  if (margins.length > 0 || !(await isResale(store)) || !(await store.tellOnce('margin_never_set'))) return []
  return [
    'several tenants use pooled credentials and no margin was ever set: they are charged list price; `vendo margins set 0.2` adds 20 %',
  ]
}

const isResale = async (store: NoticeStore): Promise<boolean> => {
  const tenants = await store.listTenants()
  if (tenants.length < 2) return false
  for (const { id } of tenants) {
    const connections = await store.listConnections(id)
    if (connections.some(({ profile }) => profile === 'vendo_managed_pool')) return true
  }
  return false
}
