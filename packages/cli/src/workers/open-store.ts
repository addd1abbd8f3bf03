import type { Store } from '../local/local-state.ts'
import { type StoreAddress, withoutPassword } from './store-address.ts'

type BrokerPackage = typeof import('@vendo/broker')

/**
 * Opens the store behind an address, bringing its schema up to date.
 *
 * @throws {VendoError} `store_unavailable`; {CliError} in its place when its words would show the password.
 */
export const openStore = (broker: BrokerPackage, address: StoreAddress): Promise<Store> =>
  withoutPassword(address, () =>
    address.kind === 'sqlite' ? broker.openSqliteStore({ path: address.path }) : broker.openPostgresStore(address),
  )
