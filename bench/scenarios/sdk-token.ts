import { join } from 'node:path'
import { spreadOf } from '../lib/spread.ts'
import { cores, fromSource, startProgram, wholeOutput } from '../lib/start-program.ts'
import type { Scenario } from './scenario.ts'

/** `vendo.token()` when nothing has to be asked. */
export const sdkToken: Scenario = {
  name: 'sdk',
  targets: ['token-cached', 'token-env'],
  run: async () => {
    const script = join(import.meta.dirname, '..', 'sdk', 'time-tokens.ts')
    const args = [...fromSource, script]
    const program = startProgram({ command: process.execPath, args, core: cores.measured })
    const { cached, env } = JSON.parse(await wholeOutput(program)) as Record<'cached' | 'env', readonly number[]>
    return [
      { target: 'token-cached', value: spreadOf(cached), parts: [] },
      { target: 'token-env', value: spreadOf(env), parts: [] },
    ]
  },
}
