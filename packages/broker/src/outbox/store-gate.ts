import { isVendoError } from '@vendo/contract'
import { storeUnavailable } from '../store/store-error.ts'
import { admissionDeadlineMs, withinDeadline } from './store-deadline.ts'

/** Keeps calls away from a store that has failed, until it answers again. */
export interface StoreGate {
  /**
   * Nothing to wait for while the store is well. After a failure: resolves when the store answers, within a second.
   *
   * @throws {VendoError} `store_unavailable`
   */
  whenUsable(): Promise<void> | undefined
  /** A store call failed, and it was not a refusal. */
  suspect(): void
}

/** Between two questions to a store that does not answer: calls in between are refused at once. */
const pauseMs = 100

/** Creates a gate that takes the store for well. */
export const createStoreGate = (ping: () => Promise<void>): StoreGate => {
  let well = true
  let probe: Promise<void> | undefined
  let failedAt = Number.NEGATIVE_INFINITY
  const ask = async (): Promise<void> => {
    try {
      await withinDeadline(ping(), admissionDeadlineMs)
      well = true
    } catch (error) {
      failedAt = performance.now()
      throw isStoreFailure(error) && isVendoError(error)
        ? error
        : storeUnavailable('The store failed.', { cause: error })
    } finally {
      probe = undefined
    }
  }
  return {
    whenUsable: () => {
      if (well) return undefined
      if (probe === undefined && performance.now() - failedAt < pauseMs) {
        return Promise.reject(storeUnavailable('The store does not answer.'))
      }
      probe ??= ask()
      return probe
    },
    suspect: () => {
      well = false
    },
  }
}

/** Whether a store call failed without a decision: anything but a refusal, which has a code of its own. */
export const isStoreFailure = (error: unknown): boolean => !isVendoError(error) || error.code === 'store_unavailable'
