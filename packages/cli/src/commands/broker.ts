import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { loadBroker } from '../local/load-broker.ts'
import { seedOperator } from '../local/seed-operator.ts'
import { CliError } from '../terminal/cli-error.ts'
import { parsePort } from '../terminal/parse-port.ts'
import { untilStopped } from '../terminal/until-stopped.ts'

interface BrokerCommandOptions {
  readonly store: string
  readonly host: string
  readonly port: number
  readonly publicUrl?: string
  readonly proxyDomain?: string
  readonly operatorKeyFile?: string
}

/** `vendo broker`: the operator's broker, which never makes its own vault key. */
export const addBroker = (program: Command, context: CliContext): void => {
  program
    .command('broker')
    .description('run a broker for others; needs VENDO_VAULT_KEY or VENDO_VAULT_KEY_FILE')
    .requiredOption('--store <url>', 'where it keeps everything: sqlite:PATH')
    .option('--host <host>', 'on which address to listen', '127.0.0.1')
    .option('--port <port>', 'where to listen', parsePort, 8787)
    .option('--public-url <url>', 'its address as apps reach it')
    .option('--proxy-domain <domain>', 'makes <slug>-proxy.<domain> an address of each integration')
    .option('--operator-key-file <path>', 'where the first operator key is written, for its owner only')
    .addHelpText(
      'after',
      '\nExample:\n  VENDO_VAULT_KEY_FILE=/run/secrets/vault.key vendo broker --store sqlite:/var/lib/vendo/ledger.sqlite \\\n    --operator-key-file /var/lib/vendo/operator.key --public-url https://broker.example.com',
    )
    .action((options: BrokerCommandOptions) => runBroker(context, options))
}

const runBroker = async (context: CliContext, options: BrokerCommandOptions): Promise<void> => {
  const path = storePath(context.cwd, options.store)
  const broker = await loadBroker()
  const keyEncryptionKey = await broker.loadKeyEncryptionKey({ env: context.env })
  const vault = broker.createVault({ keyEncryptionKey })
  const stopped = untilStopped()
  const store = await broker.openSqliteStore({ path })
  const { host, port, publicUrl, proxyDomain, operatorKeyFile } = options
  const running = broker.createBroker({
    store,
    vault,
    logger: broker.createLogger('info'),
    ...(publicUrl !== undefined && { publicUrl: publicUrl.replace(/\/+$/, '') }),
    ...(proxyDomain !== undefined && { proxyDomain }),
  })
  try {
    await seedOperator(broker, store, operatorKeyFile && resolve(context.cwd, operatorKeyFile))
    const { url } = await running.listen({ host, port })
    context.errors.write(`vendo: the broker listens on ${host}:${port === 0 ? new URL(url).port : port} (${url})\n`)
    await stopped.signal
  } finally {
    await running.close()
    stopped.release()
  }
}

const storePath = (cwd: string, store: string): string => {
  if (/^postgres(ql)?:/.test(store)) {
    throw new CliError('Postgres is not supported by this version.', 'Use --store sqlite:PATH.')
  }
  const path = store.startsWith('sqlite:') ? store.slice('sqlite:'.length) : ''
  if (path !== '') return path === ':memory:' ? path : resolve(cwd, path)
  throw new CliError(`${JSON.stringify(store)} is no store.`, 'Use --store sqlite:PATH.')
}
