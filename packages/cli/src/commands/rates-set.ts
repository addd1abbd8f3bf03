import { isTokenMeter, type Meter, meters } from '@vendo/contract'
import { rateSchema } from '@vendo/contract/api'
import { type Command, Option } from 'commander'
import type { CliContext } from '../context.ts'
import { openManagement } from '../http/open-management.ts'
import { CliError } from '../terminal/cli-error.ts'
import { parseCount } from '../terminal/parse-count.ts'
import { parseExpiry } from '../terminal/parse-expiry.ts'
import { parseRate } from '../terminal/parse-rate.ts'
import { jsonText } from './management-options.ts'
import { findModel, readRates } from './read-rates.ts'

interface RatesSetOptions extends Readonly<Record<string, unknown>> {
  readonly integration: string
  readonly model: string
  readonly contextWindow?: number
  readonly maxOutput?: number
  readonly from?: string
  readonly json?: true
}

const flagOf = (meter: Meter): string => `--${meter.replaceAll('_', '-')}`

const unitOf = (meter: Meter): string => {
  if (meter === 'audio_second') return 'USD per second of sound'
  return isTokenMeter(meter) ? 'USD per million tokens' : 'USD per use'
}

/** `vendo rates set`: one model's whole price list. */
export const addRatesSet = (rates: Command, context: CliContext): void => {
  const set = rates
    .command('set')
    .description("set one model's rates, from now on or from later; what is not named has no rate")
    .requiredOption('--integration <slug>', 'such as openai')
    .requiredOption('--model <name>', 'as requests name it')
    .option('--context-window <n>', 'tokens; default: as known', parseCount)
    .option('--max-output <n>', 'tokens; default: as known', parseCount)
    .option(
      '--from <when>',
      'an instant such as 2030-01-31T00:00:00Z, or a span such as 30d; default: now',
      parseExpiry,
    )
  for (const meter of meters) {
    set.addOption(new Option(`${flagOf(meter)} <usd>`, unitOf(meter)).argParser(parseRate))
  }
  set
    .option('--json', 'JSON for machines')
    .addHelpText(
      'after',
      '\nExample:\n  vendo rates set --integration openai --model gpt-5-mini --input 0.25 --output 2',
    )
    .action((options: RatesSetOptions, command: Command) => setRate(context, options, command))
}

const setRate = async (context: CliContext, options: RatesSetOptions, command: Command): Promise<void> => {
  const rates = ratesOf(command)
  const bySecond = rates['audio_second'] !== undefined
  if (!bySecond && (rates['input'] === undefined || rates['output'] === undefined)) {
    throw new CliError('A model needs --input and --output, or --audio-second.', 'Say 0 for what is free.', 2)
  }
  const management = await openManagement(context)
  const { integration, model, from } = options
  const known = findModel(await readRates(management, integration), model)
  const contextWindow = options.contextWindow ?? known?.contextWindow
  const maxOutput = options.maxOutput ?? known?.maxOutput
  if (contextWindow === undefined || maxOutput === undefined) {
    throw new CliError('This model is not known yet.', 'Name its --context-window and --max-output.')
  }
  const answer = await management.client.send({
    method: 'PUT',
    path: `/api/rates/${encodeURIComponent(integration)}`,
    body: {
      model,
      context_window: contextWindow,
      max_output: maxOutput,
      rates,
      ...(from !== undefined && { effective_from: from }),
    },
    parse: (body) => rateSchema.parse(body),
  })
  warnOfLost(context, known?.rates ?? {}, rates)
  if (options.json === true) context.output.write(jsonText(answer))
  else context.output.write(`${integration} ${answer.model} has new rates from ${answer.effective_from} on.\n`)
}

/** Read from the options by name: commander turns `cache-write-5m` into a property that no meter is called. */
const ratesOf = (command: Command): Readonly<Record<string, string>> =>
  Object.fromEntries(
    meters.flatMap((meter) => {
      const option = command.options.find(({ long }) => long === flagOf(meter))
      const price: unknown = option === undefined ? undefined : command.getOptionValue(option.attributeName())
      return typeof price === 'string' ? [[meter, price]] : []
    }),
  )

const warnOfLost = (
  { errors }: CliContext,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): void => {
  const lost = Object.keys(before).filter((meter) => after[meter] === undefined)
  if (lost.length === 0) return
  errors.write(`vendo: ${lost.join(', ')} had a rate and has none now: calls that use it are charged what they held\n`)
}
