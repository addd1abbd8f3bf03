import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { loadBroker } from '../local/load-broker.ts'
import { openStore } from '../workers/open-store.ts'
import { parseStoreAddress } from '../workers/store-address.ts'

interface AdoptOptions {
  readonly store?: string
}

/** `vendo ledger adopt-vault-key`: the way on after a vault key was lost. */
export const addAdoptVaultKey = (ledger: Command, context: CliContext): void => {
  ledger
    .command('adopt-vault-key')
    .description('take another vault key for a store whose own is lost; its credentials must be connected again')
    .option('--store <url>', 'sqlite:PATH or postgres://…; default: VENDO_STORE')
    .addHelpText(
      'after',
      '\nThe new key comes from VENDO_VAULT_KEY or VENDO_VAULT_KEY_FILE.\n\nExample:\n  VENDO_VAULT_KEY_FILE=new.key vendo ledger adopt-vault-key --store sqlite:ledger.sqlite',
    )
    .action((options: AdoptOptions) => adopt(context, options))
}

const adopt = async (context: CliContext, options: AdoptOptions): Promise<void> => {
  const address = parseStoreAddress(options.store ?? context.env['VENDO_STORE'], context.cwd)
  const broker = await loadBroker()
  const vault = broker.createVault({ keyEncryptionKey: await broker.loadKeyEncryptionKey({ env: context.env }) })
  const store = await openStore(broker, address)
  try {
    await broker.adoptVaultKey(store, vault)
  } finally {
    await store.close()
  }
  context.output.write('The store takes this vault key from now on.\n')
  context.errors.write('vendo: what an earlier key sealed stays unreadable: connect those integrations again\n')
}
