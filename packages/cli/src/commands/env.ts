import { type Command, Option } from 'commander'
import type { CliContext } from '../context.ts'
import { type EnvFormat, envFormats, formatEnv } from '../env/format-env.ts'
import { loadInjection } from '../env/load-injection.ts'
import { openApp } from '../http/open-app.ts'

/** `vendo env`: the variables that the app gets. */
export const addEnv = (program: Command, context: CliContext): void => {
  program
    .command('env')
    .description("print the app's variables, its key included")
    .addOption(new Option('--format <format>', 'how to write them').choices(envFormats).default('dotenv'))
    .addHelpText('after', '\nExample:\n  eval "$(vendo env --format shell)"')
    .action(async ({ format }: { readonly format: EnvFormat }) => {
      const { vars, warnings } = await loadInjection(await openApp(context))
      for (const { message } of warnings) context.errors.write(`vendo: ${message}\n`)
      context.output.write(formatEnv(format, vars))
    })
}
