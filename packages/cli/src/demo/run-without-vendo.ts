import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { envTable } from '@vendo/integrations'
import type { CliContext } from '../context.ts'
import { composeChildEnv } from '../env/compose-child-env.ts'
import { formatEnv } from '../env/format-env.ts'
import type { SimulatedUpstream } from '../simulated-upstream/start-simulated-upstream.ts'
import { CliError } from '../terminal/cli-error.ts'
import { playApp } from './play-app.ts'

/** The sample app on the user's own keys. */
export interface OwnRun {
  readonly output: string
  /** Names of the variables in its environment, and of those in its `.env` file. */
  readonly environment: readonly string[]
  readonly dotenv: readonly string[]
}

/**
 * Runs the sample app without any broker: no Vendo key, the providers' keys and addresses in the environment and in a `.env`
 * of a folder of its own, which is removed afterwards.
 *
 * @throws {CliError} when the app fails.
 */
export const runWithoutVendo = async (
  context: CliContext,
  { origins, credential }: SimulatedUpstream,
  signal: AbortSignal,
): Promise<OwnRun> => {
  const environment = {
    ANTHROPIC_API_KEY: credential,
    ANTHROPIC_BASE_URL: origins.anthropic,
    OPENAI_API_KEY: credential,
    OPENAI_BASE_URL: `${origins.openai}/v1`,
  }
  const dotenv = { OPENROUTER_API_KEY: credential, OPENROUTER_BASE_URL: `${origins.openrouter}/api/v1` }
  const folder = await mkdtemp(join(tmpdir(), 'vendo-demo-'))
  try {
    await writeFile(join(folder, '.env'), formatEnv('dotenv', dotenv), { mode: 0o600 })
    const injection = { vars: environment, slugs: [] }
    const env = composeChildEnv({ env: withoutCredentials(context.env), dotenv: undefined, injection })
    const { exitCode, output, complaint } = await playApp({ env, cwd: folder, signal })
    if (exitCode !== 0) throw new CliError(`The sample app failed without Vendo: ${complaint}`)
    return { output, environment: Object.keys(environment), dotenv: Object.keys(dotenv) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const credentialVariables: ReadonlySet<string> = new Set(
  Object.values(envTable).flatMap(({ primary, aliases, baseUrl }) => [
    primary,
    ...aliases,
    ...baseUrl.map(({ name }) => name),
  ]),
)

/** The user's own environment, without anything that Vendo or a provider's client would read. */
const withoutCredentials = (env: CliContext['env']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && !entry[0].startsWith('VENDO_') && !credentialVariables.has(entry[0]),
    ),
  )
