import { createVendoError } from '@vendo/contract'
import type { Store } from '../src/index.ts'
import type { StoreCommand } from '../src/store/commands.ts'

/** What happens to one call of a store. `lost`: it is done, and its answer never comes. `hangs`: nothing, ever. */
export type Fault = 'none' | 'refused' | 'lost' | 'hangs'

/** One call of a store, by its name and how many there were before it. */
export interface StoreCall {
  readonly name: StoreCommand
  readonly index: number
}

/** A store in front of which faults can be put, and every call of which is counted. */
export interface FaultyStore {
  readonly seenByBroker: (store: Store) => Store
  fault: (call: StoreCall) => Fault
  /** The names of all calls so far. */
  readonly calls: StoreCommand[]
}

/** Creates it without any fault. */
export const createFaultyStore = (): FaultyStore => {
  const faulty: FaultyStore = {
    calls: [],
    fault: () => 'none',
    seenByBroker: (store) =>
      new Proxy(store, {
        get: (target, property: keyof Store) => {
          const value = target[property]
          if (typeof value !== 'function' || property === 'close') return value
          return async (...parameters: readonly unknown[]) => {
            const name = property as StoreCommand
            const fault = faulty.fault({ name, index: faulty.calls.push(name) - 1 })
            if (fault === 'hangs') return new Promise(() => {})
            if (fault === 'refused') throw unavailable()
            const result = await (value as (...input: readonly unknown[]) => Promise<unknown>)(...parameters)
            if (fault === 'lost') throw unavailable()
            return result
          }
        },
      }),
  }
  return faulty
}

const unavailable = () => createVendoError('The store failed.', { code: 'store_unavailable' })
