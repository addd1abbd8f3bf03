import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { parsePort } from '../terminal/parse-port.ts'
import { runDemo } from './run-demo.ts'

interface DemoFlags {
  readonly once?: boolean
  readonly json?: boolean
  readonly live?: boolean
  readonly port?: number
}

/** The port of `vendo dev`, so that what is pasted from the demonstration keeps working. */
const defaultPort = 8787

const processContext = (): CliContext => ({
  env: process.env,
  cwd: process.cwd(),
  input: process.stdin,
  output: process.stdout,
  errors: process.stderr,
  exit: (code) => {
    process.exitCode = code
  },
})

/** Adds `vendo demo`, which is what `npm start` runs. */
export const registerDemo = (program: Command, context: CliContext = processContext()): void => {
  program
    .command('demo')
    .description('watch an app call three providers through a local broker, simulated')
    .option('--once', 'exit afterwards instead of serving until Ctrl-C')
    .option('--json', 'one JSON document on stdout and nothing else')
    .option('--live', 'call the real providers with the keys that are found, for at most $0.05')
    .option('--port <port>', `where to listen (default: ${defaultPort}, with --once any free port)`, parsePort)
    .addHelpText('after', '\nExample:\n  vendo demo --once')
    .action(({ once = false, json = false, live = false, port }: DemoFlags) =>
      runDemo(context, { once, json, live, port: port ?? (once ? 0 : defaultPort) }),
    )
}
