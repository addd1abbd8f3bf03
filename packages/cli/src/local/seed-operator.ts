import { existsSync } from 'node:fs'
import { CliError } from '../terminal/cli-error.ts'
import { newId, type Store } from './local-state.ts'
import { writeKeyFile } from './reveal-key-file.ts'

type BrokerPackage = typeof import('@vendo/broker')

/**
 * Makes the first operator key of a store, without which nobody could administer it. A store that has one is left alone.
 *
 * @param path where the key is written; it is shown nowhere else.
 * @throws {CliError} when the store has no operator key and no new file was named.
 */
export const seedOperator = async (
  { mintKey }: BrokerPackage,
  store: Store,
  path: string | undefined,
): Promise<void> => {
  const operators = await store.listKeys(null)
  if (operators.some(({ scope, revokedAt }) => scope === 'operator' && revokedAt === null)) return
  if (path === undefined) {
    throw new CliError('This store has no operator key yet.', 'Name a file for one with --operator-key-file PATH.')
  }
  if (existsSync(path)) throw new CliError(`${path} exists already.`, 'Name another file, so that no key is lost.')
  const { key, hash, display } = mintKey('management')
  writeKeyFile(path, key)
  await store.createKey({
    id: newId('key'),
    tenantId: null,
    kind: 'management',
    scope: 'operator',
    name: 'first operator key',
    hash,
    display,
    appId: null,
    connectionId: null,
    limits: {},
    createdAt: Date.now(),
    expiresAt: null,
    revokedAt: null,
  })
}
