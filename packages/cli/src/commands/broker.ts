import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { loadBroker } from '../local/load-broker.ts'
import { collectOrigin, originsOf } from '../terminal/collect-origin.ts'
import { collectUpstream } from '../terminal/collect-upstream.ts'
import { parseCount } from '../terminal/parse-count.ts'
import { parsePort } from '../terminal/parse-port.ts'
import { parseSeconds } from '../terminal/parse-seconds.ts'
import { untilStopped } from '../terminal/until-stopped.ts'
import type { BrokerLife, BrokerSettings } from '../workers/broker-settings.ts'
import { isWorker, linkToPrimary } from '../workers/link-to-primary.ts'
import { runWorkers } from '../workers/run-workers.ts'
import { serveBroker } from '../workers/serve-broker.ts'
import { parseStoreAddress } from '../workers/store-address.ts'

interface BrokerCommandOptions {
  readonly store?: string
  readonly host: string
  readonly port: number
  readonly publicUrl?: string
  readonly proxyDomain?: string
  readonly allowedOrigin?: readonly string[]
  readonly credentialsOrigin?: readonly string[]
  readonly operatorKeyFile?: string
  readonly ratesFile?: string
  readonly outbox?: string
  readonly upstream?: Readonly<Record<string, string>>
  readonly workers: number
  readonly grace: number
  readonly metricsPort?: number
  readonly metricsHost: string
  readonly otel?: true
  readonly forwardTraceContext?: true
}

/** `vendo broker`: the operator's broker, which never makes its own vault key. */
export const addBroker = (program: Command, context: CliContext): void => {
  program
    .command('broker')
    .description('run a broker for others; needs VENDO_VAULT_KEY or VENDO_VAULT_KEY_FILE')
    .option('--store <url>', 'where it keeps everything: sqlite:PATH or postgres://…; default: VENDO_STORE')
    .option('--host <host>', 'on which address to listen', '127.0.0.1')
    .option('--port <port>', 'where to listen', parsePort, 8787)
    .option('--public-url <url>', 'its address as apps reach it')
    .option('--proxy-domain <domain>', 'makes <slug>-proxy.<domain> an address of each integration')
    .option(
      '--allowed-origin <origin>',
      'let pages of this origin call the proxy; repeatable; VENDO_ALLOWED_ORIGINS',
      collectOrigin,
    )
    .option(
      '--credentials-origin <origin>',
      'let pages of this origin ask for credentials of proxied integrations',
      collectOrigin,
    )
    .option('--operator-key-file <path>', 'where the first operator key is written, for its owner only')
    .option('--rates-file <path>', 'a list of prices to take over at start, as `vendo rates update` reads it')
    .option('--outbox <folder>', 'where settlements wait while the store is away; default: beside a SQLite store')
    .option('--upstream <slug=origin>', 'send the calls of an integration elsewhere; repeatable', collectUpstream)
    .option('--workers <count>', 'how many processes share the port; more than one needs Postgres', parseCount, 1)
    .option('--grace <seconds>', 'how long running calls may go on after SIGTERM', parseSeconds, 30)
    .option('--metrics-port <port>', 'serve Prometheus metrics there, apart from everything else', parsePort)
    .option('--metrics-host <host>', 'on which address; whoever reaches it can read them', '127.0.0.1')
    .option('--otel', 'one trace span per call, through the OpenTelemetry SDK that NODE_OPTIONS=--import=… loads')
    .option('--forward-trace-context', "let the clients' traceparent through to the providers")
    .addHelpText(
      'after',
      '\nExample:\n  VENDO_VAULT_KEY_FILE=/run/secrets/vault.key vendo broker --store sqlite:/var/lib/vendo/ledger.sqlite \\\n    --operator-key-file /var/lib/vendo/operator.key --public-url https://broker.example.com',
    )
    .action((options: BrokerCommandOptions) => runBroker(context, options))
}

const runBroker = async (context: CliContext, options: BrokerCommandOptions): Promise<void> => {
  const settings = settingsOf(context, options)
  const broker = await loadBroker()
  if (options.workers > 1 && !isWorker()) return await runWorkers(context, { broker, settings, count: options.workers })
  const life = isWorker() ? linkToPrimary() : ownLife(context, settings)
  try {
    await serveBroker(context, { broker, settings, life, ownMetrics: !isWorker() })
  } finally {
    life.release()
  }
}

const ownLife = ({ errors }: CliContext, { host, port, graceMs, store, outbox }: BrokerSettings): BrokerLife => {
  const stopped = untilStopped()
  return {
    slot: 0,
    ready: (url) => {
      if (store.kind === 'postgres' && outbox === undefined) {
        errors.write('vendo: without --outbox, settlements wait in memory while the database is away\n')
      }
      errors.write(`vendo: the broker listens on ${host}:${port === 0 ? new URL(url).port : port} (${url})\n`)
    },
    stop: stopped.signal.then(() => {
      errors.write(`vendo: draining for at most ${graceMs / 1000} s; a second signal ends it at once\n`)
    }),
    release: stopped.release,
  }
}

const settingsOf = ({ cwd, env }: CliContext, options: BrokerCommandOptions): BrokerSettings => {
  const { host, port, publicUrl, proxyDomain, operatorKeyFile, ratesFile, outbox, grace, metricsPort, metricsHost } =
    options
  return {
    store: parseStoreAddress(options.store ?? env['VENDO_STORE'], cwd),
    host,
    port,
    publicUrl: publicUrl?.replace(/\/+$/, ''),
    proxyDomain,
    allowedOrigins: options.allowedOrigin ?? originsOf(env['VENDO_ALLOWED_ORIGINS']),
    credentialsOrigins: options.credentialsOrigin ?? originsOf(env['VENDO_CREDENTIALS_ORIGINS']),
    operatorKeyFile: operatorKeyFile && resolve(cwd, operatorKeyFile),
    ratesFile: ratesFile && resolve(cwd, ratesFile),
    outbox: outbox && resolve(cwd, outbox),
    upstreamOrigins: options.upstream ?? {},
    graceMs: grace * 1000,
    metrics: metricsPort === undefined ? undefined : { host: metricsHost, port: metricsPort },
    traces: options.otel === true,
    forwardTraceContext: options.forwardTraceContext === true,
  }
}
