import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../lib/free-port.ts'
import { requestBytes } from '../lib/request-bytes.ts'
import { cores, startProgram } from '../lib/start-program.ts'
import { untilListening } from './nginx.ts'
import { defaultBytes, type Variant } from './variant.ts'

/** The versions its lockfile names: with newer ones of these two, every stream answers 500 (Portkey issues 1389 and 1550). */
const packages = { '@portkey-ai/gateway': '1.15.2', hono: '4.9.7', '@hono/node-server': '1.13.5' } as const

/** Outside the repository, so that it is no dependency of anything. */
const installFolder = join(tmpdir(), 'vendo-bench-portkey-1.15.2')
const script = join(installFolder, 'node_modules/@portkey-ai/gateway/build/start-server.js')

/** Which one is compared with. */
export const portkeyVersion = packages['@portkey-ai/gateway']

/** Whether an earlier run installed it. */
export const hasPortkey = (): boolean => existsSync(script)

/** Installs Portkey's gateway from the registry, without running any of its scripts. */
export const installPortkey = (): boolean => {
  if (hasPortkey()) return true
  mkdirSync(installFolder, { recursive: true })
  const overrides = { hono: packages.hono, '@hono/node-server': packages['@hono/node-server'] }
  writeFileSync(
    join(installFolder, 'package.json'),
    JSON.stringify({ private: true, dependencies: packages, overrides }),
  )
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund']
  return (
    spawnSync('npm', args, { cwd: installFolder, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0 && hasPortkey()
  )
}

/** Portkey's gateway on the same Node, which sends OpenAI chat calls to the mock. It meters nothing. */
export const startPortkey = async (mockPort: number): Promise<Variant> => {
  const port = await freePort()
  const program = startProgram({
    command: process.execPath,
    args: [script, '--headless', `--port=${port}`],
    core: cores.measured,
    env: { NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  await untilListening(port, 500)
  const headers = {
    authorization: 'Bearer bench-upstream-key',
    'x-portkey-provider': 'openai',
    'x-portkey-custom-host': `http://127.0.0.1:${mockPort}/v1`,
  }
  return {
    name: 'portkey',
    port,
    processId: program.id,
    requestFor: ({ bytes = defaultBytes, ...ask }) =>
      requestBytes({ ...ask, bytes, path: '/v1/chat/completions', headers }),
    stop: program.stop,
  }
}
