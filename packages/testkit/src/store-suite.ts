import { describe } from 'vitest'
import type { OpenStore } from './store-suite/bench.ts'
import { correctionRules } from './store-suite/correction-rules.ts'
import { bindingRules, directoryRules } from './store-suite/directory-rules.ts'
import { holdRules, limitRules, parallelRules, zeroRules } from './store-suite/hold-rules.ts'
import { interleavingRules } from './store-suite/interleaving-rules.ts'
import { limitHistoryRules } from './store-suite/limit-history-rules.ts'
import { orderRules } from './store-suite/order-rules.ts'
import { refundRules } from './store-suite/refund-rules.ts'
import { callRules, listingRules, usageRules } from './store-suite/report-rules.ts'
import { heldRules, reserveRules } from './store-suite/reserve-rules.ts'
import { chargeRules, orphanRules, settleRules } from './store-suite/settle-rules.ts'
import { changedLimitRules, sharedLimitRules } from './store-suite/shared-limit-rules.ts'
import { tenantRules } from './store-suite/tenant-rules.ts'
import { renewalRules, upkeepRules } from './store-suite/upkeep-rules.ts'
import { walletRules } from './store-suite/wallet-rules.ts'
import { windowRules } from './store-suite/window-rules.ts'

export type { Bench, OpenStore } from './store-suite/bench.ts'
export { noon, openBench, settlementOf } from './store-suite/bench.ts'
export { tellStory } from './store-suite/call-story.ts'
export { type HistoryOptions, historyRules, type StorePlace } from './store-suite/history-rules.ts'

/**
 * What every store must do, as tests: one per rule, each of which ends by verifying the ledger. A new database passes this
 * and is a store.
 *
 * @param openStore opens an empty store that reads its time from the given clock.
 */
export const storeSuite = (name: string, openStore: OpenStore): void => {
  describe(name, () => {
    describe('directory', () => directoryRules(openStore))
    describe('bindings and rates', () => bindingRules(openStore))
    describe('tenants', () => tenantRules(openStore))
    describe('hold', () => holdRules(openStore))
    describe('limits', () => limitRules(openStore))
    describe('nothing to hold', () => zeroRules(openStore))
    describe('in parallel', () => parallelRules(openStore))
    describe('reserves', () => reserveRules(openStore))
    describe('held and used up', () => heldRules(openStore))
    describe('windows', () => windowRules(openStore))
    describe('settle', () => settleRules(openStore))
    describe('charges', () => chargeRules(openStore))
    describe('orphans', () => orphanRules(openStore))
    describe('correct', () => correctionRules(openStore))
    describe('renewal', () => renewalRules(openStore))
    describe('upkeep', () => upkeepRules(openStore))
    describe('shared limits', () => sharedLimitRules(openStore))
    describe('changed limits', () => changedLimitRules(openStore))
    describe('histories of limits', () => limitHistoryRules(openStore))
    describe('refund', () => refundRules(openStore))
    describe('orders', () => orderRules(openStore))
    describe('wallet', () => walletRules(openStore))
    describe('calls', () => callRules(openStore))
    describe('lists', () => listingRules(openStore))
    describe('usage', () => usageRules(openStore))
    describe('interleavings', () => interleavingRules(openStore))
  })
}
