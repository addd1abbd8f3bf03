import { Command, CommanderError } from 'commander'
import { addBalance } from './commands/balance.ts'
import { addBroker } from './commands/broker.ts'
import { addCaps } from './commands/caps.ts'
import { addConnect } from './commands/connect.ts'
import { addDev } from './commands/dev.ts'
import { addDoctor } from './commands/doctor.ts'
import { addEnv } from './commands/env.ts'
import { addExplain } from './commands/explain.ts'
import { addKeys } from './commands/keys.ts'
import { addLedger } from './commands/ledger.ts'
import { addMargins } from './commands/margins.ts'
import { addRates } from './commands/rates.ts'
import { addRefund } from './commands/refund.ts'
import { addRun } from './commands/run.ts'
import { addToken } from './commands/token.ts'
import { addTopUp } from './commands/topup.ts'
import { addUsage } from './commands/usage.ts'
import type { CliContext } from './context.ts'
import { writeFailure } from './terminal/write-failure.ts'
import { version } from './version.ts'

const usageExitCode = 2

/** In the order of the help. */
const commands = [
  addDev,
  addRun,
  addEnv,
  addToken,
  addExplain,
  addConnect,
  addKeys,
  addCaps,
  addTopUp,
  addBalance,
  addUsage,
  addRefund,
  addRates,
  addMargins,
  addLedger,
  addDoctor,
  addBroker,
]

/**
 * Runs one command of `vendo` and resolves to its exit code: 0; what the command asks for; 1 for a failure, said in one line;
 * 2 for a wrong command line. Never rejects.
 *
 * @param words what stands behind `vendo`.
 */
export const runVendo = async (words: readonly string[], surroundings: Omit<CliContext, 'exit'>): Promise<number> => {
  let exitCode: number | undefined
  const context = { ...surroundings, exit: (code: number) => (exitCode = code) }
  try {
    await (await createProgram(words, context)).parseAsync([...words], { from: 'user' })
    return exitCode ?? 0
  } catch (failure) {
    if (failure instanceof CommanderError) return failure.exitCode === 0 ? 0 : usageExitCode
    // What a command that was run ended with stays its exit code, even if its bill could not be had.
    const failureCode = writeFailure(context, failure)
    return exitCode ?? failureCode
  }
}

const createProgram = async (words: readonly string[], context: CliContext): Promise<Command> => {
  const { output, errors } = context
  const program = new Command('vendo')
  program
    .description('One key for every paid API, with an exact bill and a hard limit.')
    .version(version, '-V, --version', 'print the version')
    .configureOutput({
      writeOut: (text) => output.write(text),
      writeErr: (text) => errors.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'vendo: ')),
      getOutHelpWidth: () => output.columns ?? 100,
      getErrHelpWidth: () => errors.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride()
    .enablePositionalOptions()
    .showSuggestionAfterError()
  await addDemo(program, words)
  for (const add of commands) add(program, context)
  return program
}

/** The demonstration carries a simulated upstream along, which the other commands should not load. */
const addDemo = async (program: Command, words: readonly string[]): Promise<void> => {
  if ((words[0] === 'help' ? words[1] : words[0]) !== 'demo') {
    program.command('demo').description('watch an app call three providers through a local broker, simulated')
    return
  }
  const { registerDemo } = await import('./demo/command.ts')
  registerDemo(program)
}
