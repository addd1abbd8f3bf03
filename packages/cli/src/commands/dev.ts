import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import type { CliContext } from '../context.ts'
import { type FoundKey, findProviderKeys } from '../env/find-provider-keys.ts'
import { readDotenv } from '../env/read-dotenv.ts'
import { type LocalBroker, type LocalBrokerOptions, startLocalBroker } from '../local/local-broker.ts'
import { startSimulatedBroker } from '../local/start-simulated-broker.ts'
import { writeAppEnv } from '../local/write-app-env.ts'
import { CliError } from '../terminal/cli-error.ts'
import { collectOrigin, originsOf } from '../terminal/collect-origin.ts'
import { collectUpstream } from '../terminal/collect-upstream.ts'
import { paintFor } from '../terminal/paint.ts'
import { parsePort } from '../terminal/parse-port.ts'
import { parseSeconds } from '../terminal/parse-seconds.ts'
import { untilStopped } from '../terminal/until-stopped.ts'
import { drainBroker } from '../workers/drain-broker.ts'
import { jsonText } from './management-options.ts'

interface DevOptions {
  readonly port: number
  readonly host: string
  readonly grace: number
  readonly simulated?: true
  readonly ratesFile?: string
  readonly live?: true
  readonly allowedOrigin?: readonly string[]
  readonly upstream?: Readonly<Record<string, string>>
  readonly json?: true
}

/** `vendo dev`: a broker for this folder until Ctrl-C. */
export const addDev = (program: Command, context: CliContext): void => {
  program
    .command('dev')
    .description('run a broker for this folder until Ctrl-C, and write .vendo/app.env for the app')
    .option('--port <port>', 'where to listen', parsePort, 8787)
    .option('--host <host>', 'on which address to listen', '127.0.0.1')
    .option('--grace <seconds>', 'how long running calls may go on after Ctrl-C', parseSeconds, 30)
    .option('--simulated', 'simulated answers, whatever keys there are')
    .addOption(new Option('--live', 'fail rather than simulate when there is no key').conflicts('simulated'))
    .addOption(
      new Option('--rates-file <path>', 'a list of prices to take over at start, as `vendo rates update` reads it'),
    )
    .addOption(
      new Option('--upstream <slug=origin>', 'send the calls of an integration elsewhere; repeatable')
        .argParser(collectUpstream)
        .conflicts('simulated'),
    )
    .option(
      '--allowed-origin <origin>',
      'let pages of this origin call the proxy; repeatable; VENDO_ALLOWED_ORIGINS',
      collectOrigin,
    )
    .option('--json', 'one JSON document on stdout when it is ready')
    .addHelpText('after', '\nExample:\n  vendo dev\n  node --env-file=.vendo/app.env app.js')
    .action((options: DevOptions) => dev(context, options))
}

const dev = async (context: CliContext, options: DevOptions): Promise<void> => {
  const stopped = untilStopped()
  try {
    const broker = await start(context, options)
    try {
      for (const notice of await broker.notices()) context.errors.write(`vendo: ${notice}\n`)
      const envFile = await writeAppEnv(context.cwd, broker)
      for (const name of envFile.leftOut) {
        context.errors.write(
          `vendo: ${name} is not in ${envFile.path}, which cannot hold its value; vendo env has it\n`,
        )
      }
      if (options.json === true) context.output.write(jsonText(readyDocument(broker, envFile.path)))
      else context.output.write(readyText(context, { broker, envPath: envFile.path }))
      await stopped.signal
      context.errors.write(`vendo: stopping in at most ${options.grace} s; Ctrl-C again to cut what still runs.\n`)
    } finally {
      await drainBroker(broker, options.grace * 1000)
    }
  } finally {
    stopped.release()
  }
}

const start = async (context: CliContext, options: DevOptions): Promise<LocalBroker> => {
  const { port, host, grace, upstream } = options
  const ratesFile = options.ratesFile && { path: resolve(context.cwd, options.ratesFile), errors: context.errors }
  const allowedOrigins = options.allowedOrigin ?? originsOf(context.env['VENDO_ALLOWED_ORIGINS'])
  const place = {
    ...{ directory: context.cwd, port, host, shutdownGraceMs: grace * 1000, allowedOrigins },
    ...(ratesFile && { ratesFile }),
  }
  if (options.simulated === true) return await startSimulatedBroker(place)
  const dotenv = readDotenv(context.cwd)
  const keys = findProviderKeys({ env: context.env, dotenv: dotenv?.variables })
  const broker = await startLive({ ...place, ...(upstream && { upstreamOrigins: upstream }) }, keys)
  if (broker.connections.length > 0) {
    announceKeys(context, broker, keys)
    return broker
  }
  await broker.close()
  if (options.live !== true && upstream === undefined) return await startSimulatedBroker(place)
  throw new CliError(
    'No provider key was found in the environment or a .env file, and nothing is connected.',
    'Set ANTHROPIC_API_KEY, OPENAI_API_KEY or OPENROUTER_API_KEY, or leave --live and --upstream out.',
  )
}

const startLive = (place: LocalBrokerOptions, keys: readonly FoundKey[]): Promise<LocalBroker> =>
  startLocalBroker({ ...place, providerKeys: keys })

const announceKeys = (context: CliContext, { connections }: LocalBroker, keys: readonly FoundKey[]): void => {
  for (const { slug, source } of connections) {
    const key = keys.find((candidate) => candidate.slug === slug)
    const from = source === 'environment' ? `the key in ${key?.variable}` : 'the connection that you made'
    const elsewhere = source === 'environment' && key?.upstreamOrigin ? `, at ${key.upstreamOrigin}` : ''
    context.errors.write(`vendo: ${slug} uses ${from}${elsewhere}\n`)
  }
}

const readyDocument = ({ url, appId, simulated, connections }: LocalBroker, envPath: string) => ({
  url,
  app_id: appId,
  simulated,
  env_file: envPath,
  integrations: connections.map(({ slug, source }) => ({ slug, source })),
})

const readyText = (
  context: CliContext,
  { broker, envPath }: { readonly broker: LocalBroker; readonly envPath: string },
): string => {
  const { bold, yellow, dim } = paintFor(context, context.output)
  const names = broker.connections.map(({ slug }) => slug).join(', ')
  const kind = broker.simulated
    ? `${yellow(bold('SIMULATED'))}: no provider is called and nothing is billed`
    : `live: ${names}`
  return [
    '',
    `  ${bold('vendo dev')}  ${broker.url}  ${kind}`,
    '',
    `  ${dim('Run your app:')}        node --env-file=${envPath} app.js`,
    `  ${dim('Any other language:')}  eval "$(vendo env --format shell)"; python app.py`,
    `  ${dim('In your code:')}        new Anthropic()   ${dim('// unchanged: it reads the injected variables')}`,
    `  ${dim('What it cost:')}        vendo usage`,
    '',
    `  ${dim('Ctrl-C stops it.')}`,
    '',
  ]
    .map((line) => `${line}\n`)
    .join('')
}
